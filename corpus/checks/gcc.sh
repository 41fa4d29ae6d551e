# Compiles, assembles and links a program with optimisation, and runs it: threads, floating point, 64-bit arithmetic.
cd "$(mktemp -d)"
cat >check.c <<'C'
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
static uint64_t part[2];
static void *work(void *number) {
  uint64_t n = (uintptr_t)number, x = n + 1;
  for (int i = 0; i < 1000000; i++) x = x * 6364136223846793005ull + 1442695040888963407ull;
  part[n] = x;
  return NULL;
}
int main(void) {
  pthread_t threads[2];
  for (uintptr_t n = 0; n < 2; n++) pthread_create(&threads[n], NULL, work, (void *)n);
  for (int n = 0; n < 2; n++) pthread_join(threads[n], NULL);
  volatile double one = 1.0;
  printf("%016llx %.0f\n", (unsigned long long)(part[0] ^ part[1]), sin(one) * 1e9);
  return 0;
}
C
gcc -O2 -Wall -Werror -o check check.c -lm -pthread
./check
