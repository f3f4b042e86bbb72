#include "guard/docker.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "guard/exec_reads.h"

namespace runbook::guard {

namespace {

using Words = std::vector<std::string_view>;

// * is one segment of the path, ** one or more.
struct Read {
  std::string_view path;
  std::string_view may;   // keys of the query
  std::string_view must;  // of these, "key" or "key=value", all
};

constexpr auto kReads = std::to_array<Read>({
    {"_ping", "", ""},
    {"containers/*/changes", "", ""},
    {"containers/*/json", "size", ""},
    {"containers/*/logs", "since stderr stdout tail timestamps until", ""},
    {"containers/*/stats", "one-shot stream", "stream=false"},
    {"containers/*/top", "", ""},
    {"containers/json", "all filters limit size", ""},
    {"events", "filters since until", "until"},
    {"exec/*/json", "", ""},
    {"images/**/history", "", ""},
    {"images/**/json", "", ""},
    {"images/json", "all digests filters", ""},
    {"info", "", ""},
    {"networks", "filters", ""},
    {"networks/*", "scope verbose", ""},
    {"nodes", "filters", ""},
    {"nodes/*", "", ""},
    {"services", "filters", ""},
    {"services/*", "insertDefaults", ""},
    {"system/df", "", ""},
    {"tasks", "filters", ""},
    {"tasks/*", "", ""},
    {"version", "", ""},
    {"volumes", "filters", ""},
    {"volumes/*", "", ""},
});

constexpr std::string_view kInNames = "_.-";
constexpr std::string_view kInImages = "_.-:@";  // besides, "redis:7" and "redis@sha256:…"
constexpr std::string_view kInValues = "_.-~:,+";

bool made_of(std::string_view text, std::string_view marks) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_segment(std::string_view text, std::string_view marks) {
  return !text.empty() && text != "." && text != ".." && made_of(text, marks);
}

Words split(std::string_view text, char at) {
  Words parts;
  if (text.empty()) return parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool fits(const Words& path, std::string_view pattern) {
  const auto wanted = split(pattern, '/');
  const auto many = std::find(wanted.begin(), wanted.end(), "**");
  const auto before = static_cast<std::size_t>(many - wanted.begin());
  if (many == wanted.end() ? path.size() != wanted.size() : path.size() < wanted.size()) return false;
  const auto after = many == wanted.end() ? 0 : wanted.size() - before - 1;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool tail = i + after >= path.size();
    const auto word = i < before ? wanted[i] : tail ? wanted[wanted.size() - (path.size() - i)] : "**";
    const bool good = word == "*"    ? is_segment(path[i], kInNames)
                      : word == "**" ? is_segment(path[i], kInImages)
                                     : path[i] == word;
    if (!good) return false;
  }
  return true;
}

// What stands in a value: letters and %XX, which only JSON of `filters` needs.
bool is_value(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('%', at)) != std::string_view::npos; at += 3) {
    const auto digits = text.substr(std::min(at + 1, text.size()), 2);
    if (digits.size() != 2 || digits.find_first_not_of("0123456789ABCDEFabcdef") != std::string_view::npos)
      return false;
  }
  return made_of(text, std::string(kInValues) + "%");
}

bool query_fits(std::string_view query, const Read& read) {
  const auto may = split(read.may, ' ');
  auto must = split(read.must, ' ');
  Words seen;
  for (const auto& pair : split(query, '&')) {
    const auto key = pair.substr(0, pair.find('='));
    if (key.size() == pair.size() || !is_value(pair.substr(key.size() + 1))) return false;
    if (std::find(may.begin(), may.end(), key) == may.end()) return false;
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) return false;
    seen.push_back(key);
    std::erase_if(must, [&](std::string_view wanted) { return wanted == pair || wanted == key; });
  }
  return must.empty();
}

// "/v1.41/containers/json" → "/containers/json", which only the first questions are without; empty for any other form.
std::string_view without_version(std::string_view path) {
  const auto asked = path.substr(0, path.find('?'));
  if (asked == "/_ping" || asked == "/version") return path;
  if (!asked.starts_with("/v1.")) return {};
  const auto digits = asked.substr(4, asked.substr(4).find('/'));
  const bool good =
      !digits.empty() && digits.size() <= 2 && digits.find_first_not_of("0123456789") == std::string_view::npos;
  return good && asked.size() > 4 + digits.size() ? path.substr(4 + digits.size()) : std::string_view();
}

// The body's form; anything else could speak for somebody else, such as X-Registry-Auth.
bool is_plain(std::span<const Header> headers) {
  return std::all_of(headers.begin(), headers.end(), [](const Header& header) {
    return header == Header{"Content-Type", "application/json"};
  });
}

bool is_read(const Request& request, std::string_view target) {
  const auto question = target.find('?');
  const auto path = target.substr(0, question);
  const auto query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  if (path.empty() || !request.body.empty() || (question != std::string_view::npos && query.empty())) return false;
  if (request.method == "HEAD") return target == "/_ping";
  if (request.method != "GET") return false;
  const auto segments = split(path.substr(1), '/');
  return std::any_of(kReads.begin(), kReads.end(),
                     [&](const Read& read) { return fits(segments, read.path) && query_fits(query, read); });
}

// Bodies in the one spelling that the client writes.
bool is_exec_of_a_read(std::string_view body, std::span<const std::string> peers) {
  const auto parsed = parse_json(body, {.bytes = 16U << 10U, .depth = 4, .nodes = 200});
  if (!parsed || to_json(*parsed) != body) return false;
  Argv argv;
  for (const auto& word : std::as_const(*parsed)["Cmd"].items()) {
    if (word.as_text() == nullptr) return false;
    argv.push_back(*word.as_text());
  }
  const Value::List words(argv.begin(), argv.end());
  const Value wanted = Value::Map{{"AttachStderr", true}, {"AttachStdout", true}, {"Cmd", words}};
  return *parsed == wanted && is_exec_read(argv, peers);
}

constexpr std::uint64_t kLook = 0;

bool makes_command(const Request& request, std::string_view target) {
  return request.method == "POST" && !target.empty() && fits(split(target.substr(1), '/'), "containers/*/exec");
}

// The id in "/exec/3f2a…/start"; empty for any other target.
std::string_view started_command(std::string_view target) {
  if (target.empty()) return {};
  const auto segments = split(target.substr(1), '/');
  return fits(segments, "exec/*/start") ? segments[1] : std::string_view();
}

// {method, path, body}, or {method, path} where there is no body.
bool lists(const Argv& words, std::string_view method, std::string_view target, std::string_view body) {
  const bool fits = words.size() == 3 || (words.size() == 2 && body.empty());
  return fits && words[0] == method && words[1] == target && (words.size() == 2 || words[2] == body);
}

bool is_permitted(const Request& request, std::string_view target, const Permit* permit) {
  return permit != nullptr && !target.empty() &&
         std::any_of(permit->sends().begin(), permit->sends().end(),
                     [&](const Argv& words) { return lists(words, request.method, target, request.body); });
}

}  // namespace

void DockerGuard::heard(const Request& request, const Permit* permit, std::string_view answer) {
  if (!makes_command(request, without_version(request.path))) return;
  const auto made = parse_json(answer, {.bytes = 16U << 10U, .depth = 4, .nodes = 20});
  const auto id = made ? std::as_const(*made)["Id"].text_or("") : std::string_view();
  if (!is_segment(id, kInNames)) return;
  commands_.emplace(id, permit == nullptr ? kLook : permit->intent());
}

void DockerGuard::declare(std::string peer) {
  if (std::find(peers_.begin(), peers_.end(), peer) == peers_.end()) peers_.push_back(std::move(peer));
}

Result<> DockerGuard::look(const Request& request, const Permit* permit) const {
  const auto target = is_plain(request.headers) ? without_version(request.path) : std::string_view();
  if (is_read(request, target)) return {};
  if (makes_command(request, target) && is_exec_of_a_read(request.body, peers_)) return {};
  if (const auto id = started_command(target); !id.empty()) {
    const auto made = commands_.find(id);
    const bool known = made != commands_.end() && request.method == "POST";
    if (known && made->second == kLook && request.body == R"({"Detach":false,"Tty":false})") return {};
    const bool own = known && permit != nullptr && made->second == permit->intent();
    if (own && is_permitted(request, "/exec/ID/start", permit)) return {};
  } else if (is_permitted(request, target, permit)) {
    return {};
  }
  const auto shown = escaped(request.method, 20) + " " + escaped(request.path.substr(0, request.path.find('?')), 100);
  if (permit == nullptr)
    return Error{Code::kRefused, "the guard let no request out: " + shown + " is not on its list of docker reads"};
  return Error{Code::kRefused, "the guard let no request out: " + shown + " is neither a read nor what intent " +
                                   std::to_string(permit->intent()) + " permits"};
}

}  // namespace runbook::guard
