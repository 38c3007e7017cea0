// The ordinary host: the operating system. Blocking calls wait in poll together with an event descriptor, so that another
// thread can wake them without signals.
#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>

#include "vm/host/host.h"

extern char** environ;

namespace refscope::vm {

void (*before_standard_write)(int descriptor) = nullptr;

namespace {

constexpr int64_t kNanoseconds = 1000000000;

class SystemHost final : public Host {
  public:
    SystemHost() {
        // Never 0 to 2, even if the process was started without them: those are the program's.
        const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        wake_ = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
        ::close(descriptor);
    }

    int open(const char* path, int flags, int mode) override { return ::open(path, flags | O_CLOEXEC, mode); }
    int close(int descriptor) override { return ::close(descriptor); }
    ssize_t read(int descriptor, void* buffer, size_t size) override {
        if (!wait_until_ready(descriptor, POLLIN)) return -1;
        return ::read(descriptor, buffer, size);
    }
    ssize_t write(int descriptor, const void* data, size_t size) override {
        if (before_standard_write && (descriptor == 1 || descriptor == 2)) before_standard_write(descriptor);
        if (!wait_until_ready(descriptor, POLLOUT)) return -1;
        return ::write(descriptor, data, size);
    }
    off_t seek(int descriptor, off_t offset, int whence) override { return ::lseek(descriptor, offset, whence); }
    int truncate(int descriptor, off_t size) override { return ::ftruncate(descriptor, size); }
    bool is_terminal(int descriptor) override { return ::isatty(descriptor) == 1; }
    int status_of_descriptor(int descriptor, struct stat* result) override { return ::fstat(descriptor, result); }
    int synchronize(int descriptor) override { return ::fsync(descriptor); }
    int duplicate(int descriptor, int onto, bool inheritable) override {
        if (onto < 0) return ::fcntl(descriptor, inheritable ? F_DUPFD : F_DUPFD_CLOEXEC, 0);
        if (descriptor == onto || inheritable) return ::dup2(descriptor, onto);
        return ::dup3(descriptor, onto, O_CLOEXEC);
    }
    int make_pipe(int descriptors[2], int flags) override { return ::pipe2(descriptors, flags); }
    int set_inheritable(int descriptor, bool inheritable) override {
        const int flags = ::fcntl(descriptor, F_GETFD);
        if (flags < 0) return -1;
        return ::fcntl(descriptor, F_SETFD, inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC);
    }
    int get_inheritable(int descriptor) override {
        const int flags = ::fcntl(descriptor, F_GETFD);
        return flags < 0 ? -1 : (flags & FD_CLOEXEC) == 0;
    }
    int terminal_size(int descriptor, int* columns, int* lines) override {
        struct winsize size;
        if (::ioctl(descriptor, TIOCGWINSZ, &size) < 0) return -1;
        *columns = size.ws_col;
        *lines = size.ws_row;
        return 0;
    }

    int status(const char* path, bool follow, struct stat* result) override {
        return follow ? ::stat(path, result) : ::lstat(path, result);
    }
    int access(const char* path, int mode) override { return ::access(path, mode); }
    bool list_directory(const char* path, std::vector<DirectoryEntry>* result) override {
        DIR* directory = ::opendir(path);
        if (!directory) return false;
        errno = 0;
        while (struct dirent* entry = ::readdir(directory)) {
            const std::string name = entry->d_name;
            if (name != "." && name != "..") result->push_back({name, entry->d_type, entry->d_ino});
            errno = 0;
        }
        const int failure = errno;
        ::closedir(directory);
        errno = failure;
        return failure == 0;
    }
    int make_directory(const char* path, int mode) override { return ::mkdir(path, static_cast<mode_t>(mode)); }
    int remove_directory(const char* path) override { return ::rmdir(path); }
    int remove_file(const char* path) override { return ::unlink(path); }
    int rename(const char* from, const char* to) override { return ::rename(from, to); }
    int link(const char* from, const char* to, bool symbolic) override {
        return symbolic ? ::symlink(from, to) : ::link(from, to);
    }
    bool read_link(const char* path, std::string* result) override {
        char buffer[PATH_MAX];
        const ssize_t size = ::readlink(path, buffer, sizeof buffer);
        if (size < 0) return false;
        result->assign(buffer, static_cast<size_t>(size));
        return true;
    }
    int change_mode(const char* path, int mode) override { return ::chmod(path, static_cast<mode_t>(mode)); }
    int set_times(const char* path, const struct timespec times[2]) override {
        return ::utimensat(AT_FDCWD, path, times, 0);
    }
    bool working_directory(std::string* result) override {
        char buffer[PATH_MAX];
        if (!::getcwd(buffer, sizeof buffer)) return false;
        *result = buffer;
        return true;
    }
    int change_directory(const char* path) override { return ::chdir(path); }

    int64_t clock(clockid_t id) override {
        struct timespec time;
        return ::clock_gettime(id, &time) < 0 ? -1 : time.tv_sec * kNanoseconds + time.tv_nsec;
    }
    int64_t clock_resolution(clockid_t id) override {
        struct timespec time;
        return ::clock_getres(id, &time) < 0 ? -1 : time.tv_sec * kNanoseconds + time.tv_nsec;
    }
    int wait_until(int64_t deadline) override { return wait(-1, 0, deadline) < 0 ? -1 : 0; }
    int wait_descriptor(int descriptor, short events, int64_t deadline) override {
        return wait(descriptor, events, deadline);
    }
    int wait_descriptors(struct pollfd* entries, size_t count, int64_t deadline) override {
        std::vector<struct pollfd> all(count + 1);
        all[0] = {wake_, POLLIN, 0};
        std::copy(entries, entries + count, all.begin() + 1);
        const int ready = wait(all.data(), all.size(), deadline);
        for (size_t i = 0; ready >= 0 && i < count; ++i) entries[i].revents = all[i + 1].revents;
        return ready;
    }

    int entropy(void* buffer, size_t size) override {
        auto* bytes = static_cast<char*>(buffer);
        while (size > 0) {
            const ssize_t count = ::getrandom(bytes, size, 0);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return -1;
            bytes += count;
            size -= static_cast<size_t>(count);
        }
        return 0;
    }
    const char* variable(const char* name) override { return ::getenv(name); }
    std::vector<std::string> environment() override {
        std::vector<std::string> result;
        for (char** entry = environ; entry && *entry; ++entry) result.emplace_back(*entry);
        return result;
    }
    int set_variable(const char* name, const char* value) override {
        return value ? ::setenv(name, value, 1) : ::unsetenv(name);
    }
    int process_id() override { return ::getpid(); }
    int parent_process_id() override { return ::getppid(); }
    pid_t fork_process() override {
        const pid_t child = ::fork();
        if (child == 0) {
            // The parent's wakes are not for the child: it gets an event descriptor of its own, under the same number.
            const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
            ::dup3(descriptor, wake_, O_CLOEXEC);
            ::close(descriptor);
        }
        return child;
    }

    int make_socket(int family, int type, int protocol) override { return ::socket(family, type | SOCK_CLOEXEC, protocol); }
    int make_socket_pair(int family, int type, int protocol, int descriptors[2]) override {
        return ::socketpair(family, type | SOCK_CLOEXEC, protocol, descriptors);
    }
    int look_up_address(const char* name, const char* service, const struct addrinfo* hints, struct addrinfo** result) override {
        return ::getaddrinfo(name, service, hints, result);
    }

    void interrupt() override {
        const uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
    }

  private:
    // Before a read or write, which may block. False: EINTR. A descriptor that is not to block is not waited for.
    bool wait_until_ready(int descriptor, short events) {
        int ready = wait(descriptor, events, 0);
        if (ready == 0) {
            const int flags = ::fcntl(descriptor, F_GETFL);
            if (flags >= 0 && flags & O_NONBLOCK) return true;
            ready = wait(descriptor, events, -1);
        }
        return ready >= 0 || errno != EINTR;
    }
    // 1: the descriptor is ready; 0: time is up; -1: EINTR, or the descriptor cannot be polled.
    int wait(int descriptor, short events, int64_t deadline) {
        struct pollfd entries[2] = {{wake_, POLLIN, 0}, {descriptor, events, 0}};
        return wait(entries, descriptor >= 0 ? 2 : 1, deadline);
    }
    // The first entry is for wake_. How many others are ready; 0: time is up; -1.
    int wait(struct pollfd* entries, nfds_t count, int64_t deadline) {
        for (;;) {
            struct timespec left, *timeout = nullptr;
            if (deadline >= 0) {
                const int64_t remaining = std::max<int64_t>(0, deadline - clock(CLOCK_MONOTONIC));
                left = {remaining / kNanoseconds, remaining % kNanoseconds};
                timeout = &left;
            }
            const int ready = ::ppoll(entries, count, timeout, nullptr);
            if (ready < 0) return -1;
            if (entries[0].revents) {
                uint64_t drained;
                [[maybe_unused]] const ssize_t size = ::read(wake_, &drained, sizeof drained);
                errno = EINTR;
                return -1;
            }
            if (ready > 0) return ready;
            if (deadline >= 0) return 0;
        }
    }

    int wake_;
};

SystemHost& system_host() {
    static SystemHost instance;
    return instance;
}
Host* current = nullptr;

}  // namespace

Host& host() { return current ? *current : system_host(); }

Host& set_host(Host& replacement) {
    Host& before = host();
    current = &replacement;
    return before;
}

bool read_file(const std::string& path, std::string* contents) {
    const int descriptor = host().open(path.c_str(), O_RDONLY, 0);
    if (descriptor < 0) return false;
    contents->clear();
    char buffer[65536];
    ssize_t size;
    while ((size = host().read(descriptor, buffer, sizeof buffer)) != 0) {
        if (size > 0) contents->append(buffer, static_cast<size_t>(size));
        else if (errno != EINTR) break;
    }
    const int failure = errno;
    host().close(descriptor);
    errno = failure;
    return size == 0;
}

void write_all(int descriptor, const char* data, size_t size) {
    while (size > 0) {
        const ssize_t written = host().write(descriptor, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        data += written;
        size -= static_cast<size_t>(written);
    }
}

}  // namespace refscope::vm
