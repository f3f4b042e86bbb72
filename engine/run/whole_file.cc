#include "run/whole_file.h"

#include <fstream>

namespace runbook::run {

namespace {
constexpr std::size_t kLargest = 1U << 20U;
}

Result<std::string> read_whole_file(const std::filesystem::path& file) {
  const auto failed = [&](Code code, const char* why) { return Error{code, why, file.string()}; };
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return failed(Code::kNotFound, "is a folder, and not a file");
  if (!std::filesystem::is_regular_file(file, error)) return failed(Code::kNotFound, "there is no such file");
  std::ifstream in(file, std::ios::binary);
  if (!in.is_open()) return failed(Code::kStorage, "cannot be opened");
  // One byte more than may be: what grew while it was read is no whole either.
  std::string text(kLargest + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return failed(Code::kStorage, "cannot be read to its end");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kLargest) return failed(Code::kLimit, "is larger than 1 MiB");
  return text;
}

}  // namespace runbook::run
