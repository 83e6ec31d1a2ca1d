// The time of day that a file says, for the program that this is loaded into: whole seconds, eight bytes.

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *shown;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("STILL_CLOCK");
  int file = open(path ? path : "", O_RDONLY);
  void *place = mmap(0, sizeof *shown, PROT_READ, MAP_SHARED, file, 0);
  if (place == MAP_FAILED) {
    perror("STILL_CLOCK names no clock");
    abort();
  }
  shown = place;
  close(file);
}

int clock_gettime(clockid_t id, struct timespec *at) {
  if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE) return syscall(SYS_clock_gettime, id, at);
  *at = (struct timespec){.tv_sec = *shown};
  return 0;
}

int gettimeofday(struct timeval *at, void *zone) {
  *at = (struct timeval){.tv_sec = *shown};
  return 0;
}

time_t time(time_t *at) {
  if (at) *at = *shown;
  return *shown;
}
