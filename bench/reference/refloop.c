/* Bare loops over MPI calls: refloop OP FIRST LAST -> "bytes min_us median_us" per size (slowest
   rank of each iteration). OP is allreduce (float, sum), alltoall (bytes = whole send buffer) or
   pingpong (half round trip). */
#define _GNU_SOURCE /* MADV_HUGEPAGE */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
static int order(const void* a, const void* b) {
  double x = *(double*)a, y = *(double*)b;
  return x < y ? -1 : x > y;
}
/* Touched, and of huge pages where they are to be had. malloc() and memset() to 0 would become calloc():
   the input would be one page of zeros, read from the L1 cache for ever. */
static char *buffer(long bytes) {
  const long page = 2l << 20, whole = (bytes + page - 1) / page * page;
  char *memory = aligned_alloc(page, whole);
  madvise(memory, whole, MADV_HUGEPAGE);
  memset(memory, 1, whole);
  return memory;
}
int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank, ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const char* op = argc > 1 ? argv[1] : "allreduce";
  long first = argc > 2 ? atol(argv[2]) : 8, last = argc > 3 ? atol(argv[3]) : 1 << 24;
  char *in = buffer(last), *out = buffer(last);
  for (long bytes = first; bytes <= last; bytes *= 2) {
    int n = bytes <= 65536 ? 3000 : bytes <= 1 << 20 ? 400 : 60, warm = n / 10 + 2;
    double* t = malloc(n * sizeof *t);
    for (int i = -warm; i < n; ++i) {
      MPI_Barrier(MPI_COMM_WORLD);
      double start = MPI_Wtime();
      if (!strcmp(op, "allreduce"))
        MPI_Allreduce(in, out, bytes / 4, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
      else if (!strcmp(op, "alltoall"))
        MPI_Alltoall(in, bytes / ranks, MPI_CHAR, out, bytes / ranks, MPI_CHAR, MPI_COMM_WORLD);
      else if (rank < 2) {
        if (rank == 0) {
          MPI_Send(in, bytes, MPI_CHAR, 1, 0, MPI_COMM_WORLD);
          MPI_Recv(out, bytes, MPI_CHAR, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else {
          MPI_Recv(out, bytes, MPI_CHAR, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
          MPI_Send(in, bytes, MPI_CHAR, 0, 0, MPI_COMM_WORLD);
        }
      }
      double mine = MPI_Wtime() - start;
      if (!strcmp(op, "pingpong")) mine /= 2;
      if (i >= 0) t[i] = mine;
    }
    double* slowest = malloc(n * sizeof *slowest);
    MPI_Reduce(t, slowest, n, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
    if (rank == 0) {
      qsort(slowest, n, sizeof *slowest, order);
      printf("%ld %.3f %.3f\n", bytes, slowest[0] * 1e6, slowest[n / 2] * 1e6);
    }
    free(t);
    free(slowest);
  }
  MPI_Finalize();
  return 0;
}
