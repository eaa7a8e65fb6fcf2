/* Bare loops over MPI calls: refloop OP SIZE:TIMES... -> "bytes min_us median_us" per size (slowest rank
   of each iteration). Sizes count as Shortfall's params.bytes do: the whole buffer; of gathers, scatters
   and all-to-all all blocks together; pingpong is half a round trip. */
#define _GNU_SOURCE /* MADV_HUGEPAGE */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static char *in, *out;
static int rank, ranks, n, *counts, *starts;

static void all_reduce(void) { MPI_Allreduce(in, out, n / 4, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD); }
static void reduce(void) { MPI_Reduce(in, out, n / 4, MPI_FLOAT, MPI_SUM, 0, MPI_COMM_WORLD); }
static void reduce_scatter(void) {
  MPI_Reduce_scatter_block(in, out, n / 4 / ranks, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}
static void all_gather(void) {
  MPI_Allgather(in, n / ranks, MPI_CHAR, out, n / ranks, MPI_CHAR, MPI_COMM_WORLD);
}
static void gather(void) {
  MPI_Gather(in, n / ranks, MPI_CHAR, out, n / ranks, MPI_CHAR, 0, MPI_COMM_WORLD);
}
static void scatter(void) {
  MPI_Scatter(in, n / ranks, MPI_CHAR, out, n / ranks, MPI_CHAR, 0, MPI_COMM_WORLD);
}
static void broadcast(void) { MPI_Bcast(rank ? out : in, n, MPI_CHAR, 0, MPI_COMM_WORLD); }
static void all_to_all(void) {
  MPI_Alltoall(in, n / ranks, MPI_CHAR, out, n / ranks, MPI_CHAR, MPI_COMM_WORLD);
}
static void all_to_allv(void) {
  MPI_Alltoallv(in, counts, starts, MPI_CHAR, out, counts, starts, MPI_CHAR, MPI_COMM_WORLD);
}
static void pass_on(int step, char *to) {
  int next = (rank + step + ranks) % ranks, previous = (rank - step + ranks) % ranks;
  MPI_Sendrecv(in, n, MPI_CHAR, next, step + 1, to, n, MPI_CHAR, previous, step + 1, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
}
static void ring(void) { pass_on(1, out); }
static void neighbors(void) {
  pass_on(1, out);
  pass_on(-1, out + n);
}
static void barrier(void) { MPI_Barrier(MPI_COMM_WORLD); }
static void pingpong(void) {
  if (rank > 1) return;
  if (rank == 0) MPI_Send(in, n, MPI_CHAR, 1, 0, MPI_COMM_WORLD);
  MPI_Recv(out, n, MPI_CHAR, 1 - rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  if (rank == 1) MPI_Send(in, n, MPI_CHAR, 0, 0, MPI_COMM_WORLD);
}

static const struct {
  const char *name;
  void (*call)(void);
} ops[] = {{"all_reduce", all_reduce}, {"reduce", reduce},       {"reduce_scatter", reduce_scatter},
           {"all_gather", all_gather}, {"gather", gather},       {"scatter", scatter},
           {"broadcast", broadcast},   {"all_to_all", all_to_all}, {"all_to_allv", all_to_allv},
           {"send_recv_ring", ring},   {"neighbor_exchange", neighbors}, {"barrier", barrier},
           {"pingpong", pingpong}};

static int order(const void *a, const void *b) {
  double x = *(double *)a, y = *(double *)b;
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

static void measure(void (*call)(void), int times, double share) {
  int warm = times / 10 + 2;
  double *t = malloc(times * sizeof *t), *slowest = malloc(times * sizeof *slowest);
  for (int i = -warm; i < times; ++i) {
    MPI_Barrier(MPI_COMM_WORLD);
    double start = MPI_Wtime();
    call();
    double mine = MPI_Wtime() - start;
    if (i >= 0) t[i] = mine * share;
  }
  MPI_Reduce(t, slowest, times, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
  qsort(slowest, times, sizeof *slowest, order);
  if (rank == 0) printf("%d %.3f %.3f\n", n, slowest[0] * 1e6, slowest[times / 2] * 1e6);
  free(t);
  free(slowest);
}

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  long most = 1;
  for (int i = 2; i < argc; ++i) most = atol(argv[i]) > most ? atol(argv[i]) : most;
  in = buffer(most), out = buffer(2 * most);
  counts = calloc(ranks, sizeof *counts), starts = calloc(ranks, sizeof *starts);
  for (unsigned k = 0; k < sizeof ops / sizeof *ops; ++k) {
    if (argc < 2 || strcmp(argv[1], ops[k].name)) continue;
    for (int i = 2; i < argc; ++i) {
      n = atol(argv[i]);
      for (int r = 0; r < ranks; ++r) counts[r] = n / ranks, starts[r] = n / ranks * r;
      measure(ops[k].call, atoi(strchr(argv[i], ':') + 1), ops[k].call == pingpong ? 0.5 : 1);
    }
  }
  MPI_Finalize();
  return 0;
}
