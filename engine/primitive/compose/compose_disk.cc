#include "primitive/compose/compose_disk.h"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <system_error>

#include "base/text.h"

namespace runbook::primitive {

namespace {

constexpr std::string_view kScheme = "file://";
constexpr std::size_t kMostBytes = 1U << 20U;

Error of_system(const std::string& path, const safety::Target& target) {
  const auto code = errno == ENOENT ? Code::kNotFound : errno == EACCES ? Code::kDenied : Code::kStorage;
  return {code, escaped(path, 200) + ": " + std::generic_category().message(errno), target.name};
}

}  // namespace

Result<std::string> compose_path(const safety::Target& target) {
  if (!target.url.starts_with(kScheme) || target.url.find('/', kScheme.size()) != kScheme.size())
    return Error{Code::kConfig, "the url of a compose file is file:///path", target.name};
  const auto path = target.url.substr(kScheme.size());
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr), &std::free);
  if (!real) return of_system(path, target);
  return std::string(real.get());
}

Result<ComposeFile> read_compose(const safety::Target& target) {
  RUNBOOK_TRY(path, compose_path(target));
  std::ifstream in(path, std::ios::binary);
  if (!in) return of_system(path, target);
  std::string text(kMostBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMostBytes)
    return Error{Code::kLimit, escaped(path, 200) + " is larger than " + bytes_text(kMostBytes), target.name};
  auto file = ComposeFile::parse(std::move(text));
  if (file) return file;
  auto error = std::move(file).error();
  error.message = escaped(path, 200) + ": " + error.message;
  error.where = target.name;
  return error;
}

}  // namespace runbook::primitive
