// A new playbook: made of the template for the kind of target that it looks at, so that it checks and passes its worlds
// from the first moment, and is changed from there.
//
// A template is a folder, templates/<kind>/: book.lua and worlds/*.toml. Its first line says what it is for, and is
// replaced by what the author says. In the texts @name@, @alerts@, @severity@ and @owner@ stand for what was wished, as
// Lua; lines between `@if changes@` and `@end@` are there only when the playbook is to change something.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook::author {

struct Wish {
  std::string name;
  std::string kind;     // of target that it looks at: one of template_kinds()
  std::string summary;  // what is wrong when one needs it; empty: what the template says
  std::vector<std::string> alerts;
  std::string severity;
  std::string owner;
  bool changes = true;  // false: it only looks
};

struct TextFile {
  std::filesystem::path path;
  std::string text;
};

/// The kinds of targets that there is a template for; sorted.
std::vector<std::string> template_kinds();

/// What a template of that kind says of itself.
std::string usual_summary(std::string_view kind);

/// Whether a playbook may be called that. kUsage.
Result<void> check_name(std::string_view name);

/// The playbook and its worlds, to lie in `folder`; the playbook first. Its worlds have no transcripts yet.
std::vector<TextFile> book_files(const Wish& wish, const std::filesystem::path& folder);

/// The settings by which the Lua language server knows the language, to lie in `root`.
TextFile editor_settings(const std::filesystem::path& root);

/// Where those settings look for what editor_types makes: a folder of `root`.
std::filesystem::path types_folder(const std::filesystem::path& root);

/// What an editor is told of the language.
std::vector<TextFile> editor_types(const std::filesystem::path& folder);

}  // namespace runbook::author
