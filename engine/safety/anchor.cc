#include "safety/anchor.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <system_error>
#include <thread>

#include "base/json.h"
#include "base/storage.h"
#include "base/text.h"
#include "safety/whole.h"

namespace runbook::safety {

namespace {

constexpr std::chrono::seconds kPatience{2};
constexpr std::string_view kDevLog = "/dev/log";
constexpr std::string_view kNotesFile = "runbook.notes";
constexpr int kPriority = (10 << 3) | 5;  // authpriv.notice (RFC 5424, 6.2.1)

Error failed(std::string what) { return {.code = Code::kStorage, .message = std::move(what)}; }
Error failed(const std::string& what, int number) {
  return failed(what + ": " + std::generic_category().message(number));
}

Result<void> append_to(const std::string& path, const std::string& line) {
  RealStorage storage;
  RUNBOOK_TRY(file, storage.open(path, Storage::Mode::kAppend));
  RUNBOOK_CHECK(storage.append(file, line + "\n"));
  RUNBOOK_CHECK(storage.sync_data(file));
  return file.created() ? storage.sync_directory(std::filesystem::path(path).parent_path()) : Result<void>();
}

Result<void> send_to_syslog(const std::string& path, const std::string& line) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return failed("the path of the socket is too long");
  std::copy(path.begin(), path.end(), address.sun_path);
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failed("socket", errno);
  const auto message = "<" + std::to_string(kPriority) + ">runbook: " + line;
  const auto sent = sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL,
                           reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int number = errno;
  close(descriptor);
  if (sent == static_cast<ssize_t>(message.size())) return {};
  return failed("nobody takes it there", number);
}

// Of the environment only what git and a hook that pushes need: the rest may hold secrets of targets.
std::vector<std::string> own_environment() {
  std::vector<std::string> out;
  for (const auto* name : {"PATH", "HOME", "SSH_AUTH_SOCK"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// git without terminal, pager and questions, and with no file of the engine's.
Result<void> git(const std::string& repository, std::vector<std::string> words) {
  words.insert(words.begin(), {"git", "-C", repository});
  auto environment = own_environment();
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (const int fd : {0, 1, 2}) posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  pid_t pid = -1;
  const int number = posix_spawnp(&pid, "git", &files, nullptr, pointers(words).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&files);
  if (number != 0) return failed("git", number);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return failed("git " + words[3] + " failed in " + repository);
}

Result<void> commit_to(const std::string& repository, const std::string& line) {
  RUNBOOK_CHECK(append_to(repository + "/" + std::string(kNotesFile), line));
  RUNBOOK_CHECK(git(repository, {"add", "--", std::string(kNotesFile)}));
  return git(repository, {"commit", "-q", "-m", "Note the end of an audit log", "--", std::string(kNotesFile)});
}

Result<void> within_patience(std::function<Result<void>()> work) {
  const auto result = std::make_shared<std::promise<Result<void>>>();
  auto done = result->get_future();
  std::thread([result, work = std::move(work)] { result->set_value(work()); }).detach();
  if (done.wait_for(kPatience) == std::future_status::ready) return done.get();
  return failed("no answer within " + duration_text(kPatience));
}

// "file:/x": kind "file", path "/x".
struct Place {
  std::string kind{};
  std::string path{};
};

Place parts(const std::string& place) {
  const auto colon = place.find(':');
  if (colon == std::string::npos) return {};
  return {.kind = place.substr(0, colon), .path = place.substr(colon + 1)};
}

Result<void> keep_at(const std::string& place, const std::string& line) {
  const auto at = parts(place);
  if (at.kind == "file") return within_patience([path = at.path, line] { return append_to(path, line); });
  if (at.kind == "git") return within_patience([path = at.path, line] { return commit_to(path, line); });
  const auto socket = at.path.empty() ? std::string(kDevLog) : at.path;
  return within_patience([socket, line] { return send_to_syslog(socket, line); });
}

}  // namespace

std::string Note::line() const {
  return to_json(Value::Map{{"hash", hash}, {"log", log}, {"n", n}, {"run", run}, {"time", time}});
}

Result<Anchors> Anchors::from(const std::vector<std::string>& places) {
  for (const auto& place : places) {
    const auto [kind, path] = parts(place);
    const bool absolute = path.starts_with('/');
    const bool known =
        ((kind == "file" || kind == "git") && absolute) || (kind == "syslog" && (path.empty() || absolute));
    if (known) continue;
    return Error{.code = Code::kConfig,
                 .message = "no place to note the end of the log at: " + escaped(place, 80),
                 .next = "file:/path, syslog: or git:/path of a repository"};
  }
  Anchors anchors;
  anchors.places_ = places;
  return anchors;
}

std::vector<Error> Anchors::keep(const Note& note) const {
  std::vector<Error> errors;
  for (const auto& place : places_) {
    if (const auto kept = keep_at(place, note.line()); !kept) {
      auto error = kept.error();
      error.where = place;
      errors.push_back(std::move(error));
    }
  }
  return errors;
}

std::vector<Note> notes_in(std::string_view text) {
  std::vector<Note> notes;
  for (auto line : split(text, '\n')) {
    const auto brace = line.find('{');
    if (brace == std::string_view::npos) continue;
    const auto value = parse_json(trim(line.substr(brace)));
    if (!value) continue;
    const auto& read = *value;
    Note note{.log = std::string(read["log"].text_or("")),
              .n = whole(read["n"]),
              .hash = std::string(read["hash"].text_or("")),
              .run = std::string(read["run"].text_or("")),
              .time = std::string(read["time"].text_or(""))};
    if (!note.log.empty() && note.n != 0 && !note.hash.empty()) notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace runbook::safety
