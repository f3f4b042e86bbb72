#include "run/toml.h"

// toml++ 3.3 asserts what a malformed file can break, such as "[[[a]]]" (its issue 294): a debug build would abort, a
// release build go on. Here that is an error like any other, in every build.
struct BrokenToml {};
static constexpr void must_hold(bool condition) {
  if (!condition) throw BrokenToml{};
}
#undef NDEBUG
#define TOML_ASSERT(condition) must_hold(static_cast<bool>(condition))
#include <toml++/toml.h>

#include <fstream>

#include "base/text.h"

namespace runbook::run {

namespace {

Value convert(const toml::node& node, const std::string& path, Document& document) {
  document.lines[path] = static_cast<int>(node.source().begin.line);
  if (const auto* table = node.as_table()) {
    Value::Map out;
    for (const auto& [key, member] : *table) {
      const std::string name(key.str());
      const auto inside = path.empty() ? name : path + "." + name;
      out.emplace(name, convert(member, inside, document));
      document.lines[inside] = static_cast<int>(key.source().begin.line);
    }
    return out;
  }
  if (const auto* array = node.as_array()) {
    Value::List out;
    for (const auto& item : *array) out.push_back(convert(item, path + "." + std::to_string(out.size() + 1), document));
    return out;
  }
  if (const auto* text = node.as_string()) return Value(text->get());
  if (const auto* number = node.as_integer()) return Value(number->get());
  if (const auto* number = node.as_floating_point()) return Value(number->get());
  if (const auto* flag = node.as_boolean()) return Value(flag->get());
  return {};
}

}  // namespace

std::string Document::where(const std::string& path) const {
  const auto line = lines.find(path);
  return line == lines.end() || line->second == 0 ? file.string() : file.string() + ":" + std::to_string(line->second);
}

Result<Document> parse_toml(std::string_view text, const std::filesystem::path& file) {
  try {
    const auto table = toml::parse(text, file.string());
    Document document;
    document.file = file;
    document.root = convert(table, "", document);
    return document;
  } catch (const toml::parse_error& error) {
    return Error{.code = Code::kConfig,
                 .message = escaped(error.description(), 300),
                 .where = file.string() + ":" + std::to_string(error.source().begin.line)};
  } catch (const BrokenToml&) {
    return Error{
        .code = Code::kConfig, .message = "is no TOML: look at the brackets of its headers", .where = file.string()};
  }
}

Result<Document> read_toml(const std::filesystem::path& file) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(file, missing)) {
    return Error{.code = Code::kNotFound, .message = "there is no such file", .where = file.string()};
  }
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  if (in.bad() || !in.is_open())
    return Error{.code = Code::kConfig, .message = "cannot be read", .where = file.string()};
  return parse_toml(text, file);
}

}  // namespace runbook::run
