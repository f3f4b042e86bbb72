#include "net/ssh_answer.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace runbook::net {

namespace {

constexpr std::string_view kReading = "Reading configuration data ";
constexpr std::size_t kLongestPathSaid = 199;  // "%.200s" of OpenSSH: a longer one is cut
constexpr std::uintmax_t kLongestFile = 1U << 20U;

// ssh writes what is not plain in another way.
bool is_plain(std::string_view path) {
  return !path.empty() && path.size() <= kLongestPathSaid &&
         std::all_of(path.begin(), path.end(), [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
}

void add_file(SshAnswer& answer, const std::string& path) {
  std::error_code error;
  const bool is_file = std::filesystem::is_regular_file(path, error) && !error;
  if (!is_file || std::filesystem::file_size(path, error) > kLongestFile || error) return answer.files.give_up();
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.bad() || !in.is_open()) return answer.files.give_up();
  answer.files.add(text);
  answer.texts += path + "\n" + text + '\0';
}

bool names_any_of(std::string_view text, const std::array<std::string_view, 3>& names) {
  const auto small = lower(text);
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return small.find(name) != std::string::npos; });
}

bool cannot_be_told_apart(const SshAnswer& answer, std::string_view first, std::string_view second,
                          std::string_view third) {
  const auto shape = answer.files.shape(first);
  return !shape.empty() && shape == answer.files.shape(second) && shape == answer.files.shape(third);
}

}  // namespace

std::vector<std::string> files_read_by(std::string_view said) {
  std::vector<std::string> files;
  for (const auto line : split(said, '\n')) {
    const auto at = line.find(kReading);
    if (at == std::string_view::npos) continue;
    auto path = line.substr(at + kReading.size());
    if (path.ends_with('\r')) path.remove_suffix(1);
    files.emplace_back(is_plain(path) ? path : std::string_view());
  }
  return files;
}

Result<SshAnswer> ssh_answer(std::string name, std::string_view printed, std::string_view said) {
  RUNBOOK_TRY(config, parse_ssh_config(printed, SshSurroundings::of_this_process()));
  SshAnswer answer{.name = std::move(name), .config = std::move(config)};
  for (const auto line : split(printed, '\n')) {
    if (!line.starts_with("host ") && !line.starts_with("hostname ")) answer.others += std::string(line) + "\n";
  }
  const auto paths = files_read_by(said);
  for (const auto& path : paths) add_file(answer, path);
  if (paths.empty()) answer.files.give_up();  // we do not know where that ssh looks
  return answer;
}

std::optional<SshConfig> config_proven_by(const SshAnswer& first, const SshAnswer& second, const std::string& name) {
  if (first.name == second.name || first.texts != second.texts || first.others != second.others) return {};
  if (!cannot_be_told_apart(first, first.name, second.name, name)) return {};
  if (!cannot_be_told_apart(second, first.name, second.name, name)) return {};
  if (("\n" + first.others).find("\ncanonicalizehostname false\n") == std::string::npos) return {};
  if (first.others.find('%') != std::string::npos) return {};
  if (names_any_of(first.others, {first.name, second.name, name})) return {};
  auto config = second.config;
  const bool by_own_names = first.config.host == first.name && second.config.host == second.name;
  const bool by_another =
      first.config.host == second.config.host && second.config.host != first.name && second.config.host != second.name;
  if (by_own_names) config.host = name;
  if (by_own_names || by_another) return config;
  return {};
}

}  // namespace runbook::net
