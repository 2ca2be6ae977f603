// Wine before version 9 lacks this library, which the standard library takes its random numbers from.
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    for (ULONG part; length > 0; data += part, length -= part) {
        part = length < 1 << 20 ? (ULONG)length : 1 << 20;
        if (!SystemFunction036(data, part)) return FALSE;
    }
    return TRUE;
}
