// Remote text on its way to a terminal: nothing but printable text comes out, within the width, and once is enough.
#include "base/text.h"
#include "driver.h"

namespace {

using namespace runbook;

// The code points of valid UTF-8; aborts on anything else (RFC 3629: no overlong forms, no surrogates).
std::vector<char32_t> decode(std::string_view text) {
  std::vector<char32_t> out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || i + length > text.size()) std::abort();
    char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xC0U) != 0x80) std::abort();
      code = (code << 6U) | (byte & 0x3FU);
    }
    static constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kLeast[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) std::abort();
    out.push_back(code);
    i += length;
  }
  return out;
}

// What moves the cursor, changes colours, reorders what follows, or cannot be seen (Unicode 15, Cc, Cf, Zl, Zp).
bool harmful(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || code == 0x61C ||
         code == 0x180E || (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000 && code <= 0xE007F);
}

void run(std::string_view text) {
  for (const std::size_t width : {0U, 1U, 20U}) {
    const auto shown = escaped(text, width);
    for (const auto code : decode(shown)) {
      if (harmful(code)) std::abort();
    }
    if (width != 0 && decode(shown).size() > width) std::abort();
    if (width == 0 && text.size() * 10 < shown.size()) std::abort();
  }
}

const std::vector<std::string> kCorpus = {
    "plain text, ä ö ü 漢字 😀",
    "\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \x1b]8;;http://x\x1b\\ \x9b"
    "2J \xc2\x9b",
    "\xe2\x80\xae reversed \xe2\x81\xa6 isolate \xef\xbb\xbf bom \xe2\x80\x8b zero \xf3\xa0\x81\x81 tag \xc2\xad",
    "over\rwritten\nline\ttab\b\b\x7f\x00 null",
    "\xed\xa0\x80 surrogate \xc0\xaf overlong \xf8\x88\x80\x80\x80 \xff \xe2\x82",
};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, run); }
