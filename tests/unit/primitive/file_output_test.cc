#include "primitive/read/file_output.h"

#include "catch.h"

using namespace runbook::primitive;
using runbook::Code;

TEST_CASE("a file tells kind, size, mode and whose it is, and the folder it lies in") {
  const auto file =
      parse_file("81a4|220|1|root|0|adm|4|1795264802\n41ed|4096|3|UNKNOWN|1234|UNKNOWN|77|1795264802\n", "");
  REQUIRE(file);
  CHECK((*file)["exists"].bool_or(false));
  CHECK((*file)["kind"].text_or("") == "file");
  CHECK((*file)["size"].number_or(-1) == 220);
  CHECK((*file)["mode"].text_or("") == "0644");
  CHECK((*file)["group"].text_or("") == "adm");
  CHECK((*file)["modified"].text_or("") == "2026-11-21T12:40:02.000Z");
  CHECK((*file)["directory"]["mode"].text_or("") == "0755");
  CHECK((*file)["directory"]["owner"].text_or("") == "1234");
  CHECK((*file)["directory"]["group"].text_or("") == "77");
}

TEST_CASE("each kind of file is told, and modes with all their bits") {
  const auto kind = [](std::string bits) {
    const auto file = parse_stat(bits + "|0|1|root|0|root|0|0");
    return file ? std::string((*file)["kind"].text_or("")) + " " + std::string((*file)["mode"].text_or("")) : "unread";
  };
  CHECK(kind("a1ff") == "link 0777");
  CHECK(kind("43ff") == "directory 1777");
  CHECK(kind("89ed") == "file 4755");
  CHECK(kind("1180") == "pipe 0600");
  CHECK(kind("c1b0") == "socket 0660");
  CHECK(kind("2190") == "character device 0620");
  CHECK(kind("61b0") == "block device 0660");
  CHECK(kind("f000") == "other 0000");
  for (const auto* bits : {"", "xyz", "-81a4", "81a4|1"}) CHECK(kind(bits) == "unread");
}

TEST_CASE("what is not there is told as such, and what cannot be told is an error") {
  const auto* folder = "41ed|4096|3|root|0|root|0|1795264802\n";
  const auto absent = parse_file(folder, "stat: cannot statx '/srv/x': No such file or directory\n");
  REQUIRE(absent);
  CHECK_FALSE((*absent)["exists"].bool_or(true));
  CHECK((*absent)["kind"].is_null());
  CHECK((*absent)["directory"]["mode"].text_or("") == "0755");
  const auto nowhere = parse_file(
      "", "stat: can't stat '/a/b': No such file or directory\nstat: can't stat '/a': No such file or directory\n");
  REQUIRE(nowhere);
  CHECK((*nowhere)["directory"].is_null());
  CHECK(parse_file(folder, "stat: cannot statx '/root/x': Permission denied\n").error().code == Code::kRemote);
  CHECK(parse_file(folder, "").error().code == Code::kProtocol);
  CHECK(parse_file("", "").error().code == Code::kProtocol);
  CHECK(parse_stat("81a4|220|1|root|0|adm|4|99999999999999").error().code == Code::kProtocol);
}
