#pragma once
// What Linux offers and Swift's Glibc module does not show.
#include <spawn.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

// The value that the calling thread keeps for the reactor that runs on it; NULL elsewhere.
void *chengyun_thread_value(void);
void chengyun_set_thread_value(void *value);

// The child dies with its parent: prctl(PR_SET_PDEATHSIG). Called in the child. 0, or -1 with errno.
int chengyun_die_with_parent(int signal);

// Resident set of a process in bytes, from /proc/<pid>/statm; -1 when it is gone.
int64_t chengyun_resident_bytes(int pid);

// Names the calling thread (at most 15 bytes are kept), as ps and gdb show it.
void chengyun_name_thread(const char *name);

// A descriptor (close-on-exec) that is readable once the process has ended: pidfd_open. -1 with errno.
int chengyun_open_process(int pid);

// accept4 with SOCK_NONBLOCK | SOCK_CLOEXEC. The new descriptor, or -1 with errno.
int chengyun_accept(int listener, struct sockaddr *address, socklen_t *size);

// The program will start in this folder: posix_spawn_file_actions_addchdir_np. 0 or an errno.
int chengyun_spawn_in(posix_spawn_file_actions_t *actions, const char *folder);

// The program will have no descriptors but 0, 1 and 2: posix_spawn_file_actions_addclosefrom_np. 0 or an errno.
int chengyun_spawn_closing_rest(posix_spawn_file_actions_t *actions);

// A close-on-exec pipe, reading end first: pipe2. 0, or -1 with errno.
int chengyun_pipe(int ends[2]);
