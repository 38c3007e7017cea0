// The one seam to the outside: files, descriptors, clocks, entropy, environment, process.
//
// Every effect of a program that leaves the VM goes through the current Host, so that a run can be sealed off or
// recorded by putting another one in place. Calls report failure as system calls do: -1 (or false) and errno. Those that can
// block (read, write, wait) return -1 with EINTR when interrupt() was called: the caller then lets
// pending requests be served and tries again. Heap thread only, except interrupt().
#pragma once

#include <poll.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct addrinfo;

namespace refscope::vm {

struct DirectoryEntry {
    std::string name;
    unsigned char type;  // DT_REG …; DT_UNKNOWN when the file system does not say
    uint64_t inode;
};

class Host {
  public:
    virtual ~Host() = default;

    // Descriptors
    virtual int open(const char* path, int flags, int mode) = 0;
    virtual int close(int descriptor) = 0;
    virtual ssize_t read(int descriptor, void* buffer, size_t size) = 0;
    virtual ssize_t write(int descriptor, const void* data, size_t size) = 0;
    virtual off_t seek(int descriptor, off_t offset, int whence) = 0;
    virtual int truncate(int descriptor, off_t size) = 0;
    virtual bool is_terminal(int descriptor) = 0;
    virtual int status_of_descriptor(int descriptor, struct stat* result) = 0;
    virtual int synchronize(int descriptor) = 0;
    virtual int duplicate(int descriptor, int onto_or_negative, bool inheritable) = 0;
    virtual int make_pipe(int descriptors[2], int flags) = 0;
    virtual int set_inheritable(int descriptor, bool inheritable) = 0;
    virtual int get_inheritable(int descriptor) = 0;
    virtual int terminal_size(int descriptor, int* columns, int* lines) = 0;

    // Files by name
    virtual int status(const char* path, bool follow, struct stat* result) = 0;
    virtual int access(const char* path, int mode) = 0;
    virtual bool list_directory(const char* path, std::vector<DirectoryEntry>* result) = 0;
    virtual int make_directory(const char* path, int mode) = 0;
    virtual int remove_directory(const char* path) = 0;
    virtual int remove_file(const char* path) = 0;
    virtual int rename(const char* from, const char* to) = 0;
    virtual int link(const char* from, const char* to, bool symbolic) = 0;
    virtual bool read_link(const char* path, std::string* result) = 0;
    virtual int change_mode(const char* path, int mode) = 0;
    virtual int set_times(const char* path, const struct timespec times[2]) = 0;
    virtual bool working_directory(std::string* result) = 0;
    virtual int change_directory(const char* path) = 0;

    // Time; nanoseconds
    virtual int64_t clock(clockid_t clock) = 0;  // -1: errno
    virtual int64_t clock_resolution(clockid_t clock) = 0;
    // Waits until the monotonic clock shows `deadline`. 0, or -1 with EINTR.
    virtual int wait_until(int64_t deadline) = 0;
    // Waits until the descriptor is ready (POLLIN or POLLOUT); negative deadline: without end. 1 ready, 0 time is up.
    virtual int wait_descriptor(int descriptor, short events, int64_t deadline) = 0;
    // The same for several: how many have events, which are in the entries then.
    virtual int wait_descriptors(struct pollfd* entries, size_t count, int64_t deadline) = 0;

    // Process
    virtual int entropy(void* buffer, size_t size) = 0;
    virtual const char* variable(const char* name) = 0;  // nullptr: not set
    virtual std::vector<std::string> environment() = 0;  // NAME=value
    virtual int set_variable(const char* name, const char* value_or_null) = 0;
    virtual int process_id() = 0;
    virtual int parent_process_id() = 0;
    virtual pid_t fork_process() = 0;

    // Network. Further calls on a socket need none of these: whoever has no descriptor reaches nothing.
    virtual int make_socket(int family, int type, int protocol) = 0;  // close-on-exec, as the next
    virtual int make_socket_pair(int family, int type, int protocol, int descriptors[2]) = 0;
    // getaddrinfo(): its results and freeaddrinfo.
    virtual int look_up_address(const char* name, const char* service, const struct addrinfo* hints, struct addrinfo** result) = 0;

    // Wakes the heap thread from a call that blocks. Any thread, also from a signal handler.
    virtual void interrupt() = 0;
};

Host& host();
// Puts another host in place and returns the one before. The caller keeps it alive.
Host& set_host(Host& replacement);

// If set, called on the heap thread before each write to standard output or error: whoever shows both in one place keeps their order.
extern void (*before_standard_write)(int descriptor);

// A whole file; false with errno.
bool read_file(const std::string& path, std::string* contents);
// All of it, over short writes and interruptions (which are not served): for text that must get out.
void write_all(int descriptor, const char* data, size_t size);

}  // namespace refscope::vm
