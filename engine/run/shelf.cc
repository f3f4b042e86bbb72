#include "run/shelf.h"

#include <algorithm>
#include <fstream>

#include "base/hash.h"
#include "base/text.h"
#include "run/stdlib.h"

namespace runbook::run {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestSource = 1U << 20U;

bool is_path(std::string_view name) { return name.find('/') != std::string_view::npos || name.ends_with(".lua"); }

// "cache.keys" or "cache/keys", but nothing that climbs out of the folder.
bool is_module_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
  };
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), allowed) &&
         name.find("..") == std::string_view::npos && name.front() != '/' && name.front() != '.';
}

bool is_module(const fs::path& file) { return file.stem().string().starts_with("_"); }

}  // namespace

Result<std::string> read_source(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error || !fs::is_regular_file(file, error)) {
    return Error{.code = Code::kNotFound, .message = "there is no such file", .where = file.string()};
  }
  if (size > kLargestSource) {
    return Error{.code = Code::kLimit, .message = "larger than 1 MiB, which no playbook is", .where = file.string()};
  }
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!in) return Error{.code = Code::kStorage, .message = "cannot be read", .where = file.string()};
  return text;
}

std::string Shelf::seen_from(const fs::path& file, const std::string& name) const {
  const auto beside = file.parent_path() / (name + ".lua");
  std::error_code ignored;
  return !playbook(name) && fs::exists(beside, ignored) ? beside.string() : name;
}

Result<Module> Shelf::playbook(std::string_view name) const {
  if (is_path(name)) {
    RUNBOOK_TRY(text, read_source(fs::path(name)));
    return Module{.file = std::string(name), .source = std::move(text)};
  }
  for (const auto& folder : folders_) {
    const auto file = folder / (std::string(name) + ".lua");
    std::error_code ignored;
    if (!fs::exists(file, ignored)) continue;
    RUNBOOK_TRY(text, read_source(file));
    return Module{.file = file.string(), .source = std::move(text)};
  }
  const auto known = names();
  const auto near = nearest(name, known);
  std::vector<std::string> searched;
  for (const auto& folder : folders_) searched.push_back(folder.string());
  return Error{
      .code = Code::kNotFound,
      .message = "there is no playbook " + escaped(name, 60) + (near.empty() ? "" : "; did you mean " + near + "?"),
      .next = searched.empty() ? "no folder of playbooks is configured: set `playbooks` in runbook.toml, or give a path"
                               : "searched in " + join(searched, ", ") + "; `runbook list` shows what is there"};
}

Result<std::vector<std::string>> Shelf::meant_by(const std::vector<std::string>& words) const {
  if (words.empty()) return names();
  std::vector<std::string> out;
  for (const auto& word : words) {
    std::error_code ignored;
    if (fs::is_directory(word, ignored)) {
      for (const auto& inside : Shelf({word}).names()) out.push_back((fs::path(word) / (inside + ".lua")).string());
    } else if (!is_module(word)) {
      out.push_back(word);
    }
  }
  if (!out.empty() || !is_module(words.front())) return out;
  return Error{.code = Code::kUsage,
               .message = escaped(words.front(), 120) + " is a module, which playbooks load, and no playbook",
               .next = "name the playbook that requires it"};
}

std::vector<std::string> Shelf::names() const {
  std::vector<std::string> out;
  for (const auto& folder : folders_) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".lua" && !is_module(entry.path())) out.push_back(entry.path().stem().string());
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Modules::Modules(const Module& playbook) : folder_(fs::path(playbook.file).parent_path()), hashes_(library_hashes()) {
  hashes_[fs::path(playbook.file).filename().string()] = sha256(playbook.source);
}

Result<Module> Modules::load(std::string_view name) {
  if (!is_module_name(name)) {
    return Error{.code = Code::kPlaybook,
                 .message = "require wants the name of a module beside the playbook, got " + escaped(name, 60)};
  }
  std::string path(name);
  std::replace(path.begin(), path.end(), '.', '/');
  auto text = read_source(folder_ / (path + ".lua"));
  if (!text) {
    return Error{.code = text.error().code,
                 .message = "there is no module " + std::string(name) +
                            ": it is neither in the standard library nor beside the playbook"};
  }
  hashes_[path + ".lua"] = sha256(*text);
  return Module{.file = (folder_ / (path + ".lua")).string(), .source = std::move(*text)};
}

}  // namespace runbook::run
