#include "protocol/session_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace refscope::protocol {

namespace {

std::string file_of(int pid) {
    return sessions_folder() + "/" + std::to_string(pid) + ".json";
}

// Another person's folder under our name would read, or feign, our sessions.
bool is_private_folder(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
           (status.st_mode & 077) == 0;
}

bool read_session_file(const std::string& path, SessionFile* session) {
    std::ifstream file(path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return false;
    auto pid = json.find("pid"), program = json.find("program"), socket = json.find("socket");
    if (pid == json.end() || !pid->is_number_integer() || socket == json.end() || !socket->is_string()) return false;
    session->pid = pid->get<int>();
    session->socket = socket->get<std::string>();
    if (program != json.end() && program->is_string()) session->program = program->get<std::string>();
    return true;
}

}  // namespace

std::string sessions_folder() {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (runtime && runtime[0] == '/') return std::string(runtime) + "/refscope";
    return "/tmp/refscope-" + std::to_string(::geteuid());
}

std::string make_sessions_folder() {
    std::string folder = sessions_folder();
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        throw std::runtime_error(folder + ": " + std::strerror(errno));
    }
    if (!is_private_folder(folder)) throw std::runtime_error(folder + " can be used by others");
    return folder;
}

void write_session_file(const SessionFile& session) {
    make_sessions_folder();
    nlohmann::json json = {{"pid", session.pid}, {"program", session.program}, {"socket", session.socket}};
    std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    std::string path = file_of(session.pid), unfinished = path + ".new";
    ::unlink(unfinished.c_str());
    int fd = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool whole = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (fd >= 0) ::close(fd);
    if (!whole || ::rename(unfinished.c_str(), path.c_str()) != 0) throw std::runtime_error(path + ": " + std::strerror(errno));
}

void remove_session_file(int pid) { ::unlink(file_of(pid).c_str()); }

std::vector<SessionFile> list_sessions() {
    std::vector<SessionFile> sessions;
    std::string folder = sessions_folder();
    if (!is_private_folder(folder)) return sessions;
    DIR* directory = ::opendir(folder.c_str());
    if (!directory) return sessions;
    while (const dirent* entry = ::readdir(directory)) {
        std::string name = entry->d_name;
        if (name.size() <= 5 || name.compare(name.size() - 5, 5, ".json") != 0) continue;
        SessionFile session;
        if (!read_session_file(folder + "/" + name, &session)) continue;
        if (::kill(session.pid, 0) != 0 && errno == ESRCH) continue;
        sessions.push_back(std::move(session));
    }
    ::closedir(directory);
    return sessions;
}

}  // namespace refscope::protocol
