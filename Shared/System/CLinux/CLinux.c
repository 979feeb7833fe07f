#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static __thread void *thread_value;

void *chengyun_thread_value(void) { return thread_value; }
void chengyun_set_thread_value(void *value) { thread_value = value; }

int chengyun_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

int64_t chengyun_resident_bytes(int pid) {
  char path[48];
  snprintf(path, sizeof path, "/proc/%d/statm", pid);
  FILE *file = fopen(path, "re");
  if (!file) return -1;
  long total = 0, resident = 0;
  int read = fscanf(file, "%ld %ld", &total, &resident);
  fclose(file);
  return read == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : -1;
}

void chengyun_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

int chengyun_open_process(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int chengyun_accept(int listener, struct sockaddr *address, socklen_t *size) {
  return accept4(listener, address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int chengyun_spawn_in(posix_spawn_file_actions_t *actions, const char *folder) {
  return posix_spawn_file_actions_addchdir_np(actions, folder);
}

int chengyun_spawn_closing_rest(posix_spawn_file_actions_t *actions) {
  return posix_spawn_file_actions_addclosefrom_np(actions, 3);
}

int chengyun_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
