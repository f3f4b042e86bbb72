#include "author/new_book.h"

#include <algorithm>

#include "author/shipped.h"
#include "catch.h"

using namespace runbook;
using namespace runbook::author;

namespace {

Wish wish(const std::string& kind = "redis") {
  return {.name = "login-slow",
          .kind = kind,
          .summary = "Logins hang.",
          .alerts = {"LoginSlow"},
          .severity = "SEV-2",
          .owner = "auth"};
}

std::string book_of(const Wish& wanted) { return book_files(wanted, "/books").front().text; }

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("every template is a playbook and at least one world, and leaves no place unfilled") {
  REQUIRE_FALSE(template_kinds().empty());
  for (const auto& kind : template_kinds()) {
    for (const bool changes : {true, false}) {
      INFO(kind << (changes ? " that changes" : " that looks"));
      auto wanted = wish(kind);
      wanted.changes = changes;
      const auto files = book_files(wanted, "/books");
      REQUIRE(files.size() >= 2);
      CHECK(files.front().path == "/books/login-slow.lua");
      CHECK(has(files.front().text, "mitigations = {") == changes);
      for (std::size_t i = 1; i < files.size(); ++i) {
        CHECK(files[i].path.parent_path() == "/books/worlds/login-slow");
        CHECK(files[i].path.extension() == ".toml");
      }
      for (const auto& file : files) CHECK_FALSE(has(file.text, "@"));
    }
  }
}

TEST_CASE("what was wished stands in the playbook as Lua") {
  auto wanted = wish();
  wanted.alerts = {"A", "B \"quoted\""};
  wanted.owner = "a\\b @name@ \x1b[1m";
  const auto book = book_of(wanted);
  CHECK(book.starts_with("--- Logins hang.\n\n"));
  CHECK(has(book, "return playbook \"login-slow\" {"));
  CHECK(has(book, R"(alerts = { "A", "B \"quoted\"" },)"));
  CHECK(has(book, R"(owner = "a\\b @name@ \\x1b[1m",)"));
}

TEST_CASE("a line end in what was wished does not end the line") {
  auto wanted = wish();
  wanted.summary = "Logins hang.\nos.execute 'x'";
  CHECK(book_of(wanted).starts_with("--- Logins hang.\\nos.execute 'x'\n"));
}

TEST_CASE("without words of its own a playbook has those of its template") {
  auto wanted = wish();
  wanted.summary.clear();
  wanted.alerts.clear();
  CHECK(book_of(wanted).starts_with("--- " + usual_summary("redis") + "\n"));
  CHECK(has(book_of(wanted), "alerts = {},"));
}

TEST_CASE("the settings of the editor point to the folder in which it finds the language") {
  const auto folder = types_folder("/project");
  CHECK(has(editor_settings("/project").text, "\"" + folder.filename().string() + "\""));
  const auto types = editor_types(folder);
  CHECK(types.size() > 1);
  CHECK(std::all_of(types.begin(), types.end(), [&](const TextFile& file) {
    return file.path.parent_path() == folder && file.text.starts_with("---@meta\n");
  }));
}

TEST_CASE("a playbook's name is small letters, digits and -") {
  for (const auto* good : {"a", "redis-down", "1-look", "x2"}) CHECK(check_name(good));
  for (const auto* bad : {"", "-x", "A", "a_b", "a/b", "..", "a.lua", "a b", "\xc3\xa4"}) {
    INFO(bad);
    REQUIRE_FALSE(check_name(bad));
    CHECK(check_name(bad).error().code == Code::kUsage);
  }
}
