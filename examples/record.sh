#!/bin/sh
# Records from plain shell: the steps of a build become a waterfall.
#
# Each step is a command after `waterfall task ... --`. Its output and exit code stay the same as without. Steps that
# run at the same time need only the usual `&` and `wait`.
# Builds a small C program in a scratch directory, tests it and packs it, then prints the path of the page. With
# WATERFALL_DIR set, the records go there and no page is made.
#
#   sh examples/record.sh [RECORDS]        needs cc, tar and gzip; WATERFALL_BIN names the program waterfall
set -eu

records=${WATERFALL_DIR:-${1:-records}}
waterfall=${WATERFALL_BIN:-waterfall}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# step NAME COMMAND...: runs a command and records it as one span of the group `build`.
step() {
  name=$1
  shift
  "$waterfall" task --directory "$records" --group build --task "$name" -- "$@"
}

cat >"$scratch/sieve.c" <<'END'
#include <stdlib.h>
/* The number of primes below a limit. */
int sieve(int limit) {
  char *composite = calloc(limit, 1);
  int primes = 0;
  for (int n = 2; n < limit; n++) {
    if (composite[n]) continue;
    primes++;
    for (long multiple = (long)n * n; multiple < limit; multiple += n) composite[multiple] = 1;
  }
  free(composite);
  return primes;
}
END
cat >"$scratch/gcd.c" <<'END'
/* The greatest common divisor. */
int gcd(int a, int b) { return b == 0 ? a : gcd(b, a % b); }
END
cat >"$scratch/checksum.c" <<'END'
/* Adler-32. */
unsigned checksum(const char *text) {
  unsigned sum = 1, sum_of_sums = 0;
  for (; *text; text++) {
    sum = (sum + (unsigned char)*text) % 65521;
    sum_of_sums = (sum_of_sums + sum) % 65521;
  }
  return sum_of_sums << 16 | sum;
}
END
cat >"$scratch/main.c" <<'END'
#include <stdio.h>
int sieve(int), gcd(int, int);
unsigned checksum(const char *);
int main(void) {
  int passed = sieve(10000000) == 664579 && gcd(1071, 462) == 21 && checksum("Wikipedia") == 0x11e60398;
  puts(passed ? "self-test passed" : "self-test failed");
  return !passed;
}
END

compilers=
for part in sieve gcd checksum main; do
  step "compile $part" cc -O2 -c "$scratch/$part.c" -o "$scratch/$part.o" &
  compilers="$compilers $!"
done
for compiler in $compilers; do
  wait "$compiler"
done
step link cc "$scratch/main.o" "$scratch/sieve.o" "$scratch/gcd.o" "$scratch/checksum.o" -o "$scratch/program"
step self-test "$scratch/program"
step archive tar -C "$scratch" -cf "$scratch/program.tar" program
step compress gzip -9 "$scratch/program.tar"

[ -n "${WATERFALL_DIR:-}" ] || "$waterfall" --directory "$records"
