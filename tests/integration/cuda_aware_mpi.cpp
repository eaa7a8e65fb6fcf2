// Preloaded, makes any MPI say that it takes addresses of GPU memory. That of the CUDA double is the
// host's, so that every MPI does.

extern "C" int MPIX_Query_cuda_support();

int MPIX_Query_cuda_support() { return 1; }
