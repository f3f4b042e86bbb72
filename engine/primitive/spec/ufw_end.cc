#include "primitive/spec/ufw_end.h"

#include "base/remote_command.h"
#include "primitive/spec/host_words.h"

namespace runbook::primitive {

namespace {

using safety::Change;
using safety::Words;

std::string path_of(const UfwRule& rule, const char* kind) {
  return "/etc/systemd/system/" + ufw_end_unit(rule) + "." + kind;
}

Words written(const Change& change, const std::string& path, const std::string& content) {
  Words words = {std::string(kStandardInput), content};
  const auto command = host_call(change, {"dd", "of=" + path, "oflag=nofollow", "conv=fsync", "status=none"});
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

// Words of a rule have no character that systemd reads in another way. Programs have their whole path: systemd looks
// for names alone only since 239.
std::string service_of(const UfwRule& rule) {
  return "[Unit]\nDescription=the end of a rule of ufw that runbook added\n[Service]\nType=oneshot\n"
         "ExecStart=/usr/sbin/ufw delete " +
         ufw_text(rule) + "\nExecStart=-/bin/systemctl --no-ask-password disable " + ufw_end_unit(rule) +
         ".timer\nExecStart=/bin/rm -f " + path_of(rule, "timer") + " " + path_of(rule, "service") + "\n";
}

std::string timer_of(std::chrono::seconds lasts) {
  return "[Unit]\nDescription=when a rule of ufw that runbook added ends\n[Timer]\nOnActiveSec=" +
         std::to_string(lasts.count()) + "\nAccuracySec=1s\n[Install]\nWantedBy=timers.target\n";
}

}  // namespace

std::vector<Words> begin_ufw_end(const Change& change, const UfwRule& rule, std::chrono::seconds lasts) {
  const auto timer = ufw_end_unit(rule) + ".timer";
  return {written(change, path_of(rule, "service"), service_of(rule)),
          written(change, path_of(rule, "timer"), timer_of(lasts)),
          host_call(change, {"systemctl", "--no-ask-password", "daemon-reload"}),
          host_call(change, {"systemctl", "--no-ask-password", "enable", "--now", timer})};
}

std::vector<Words> remove_ufw_end(const Change& change, const UfwRule& rule) {
  return {host_call(change, {"systemctl", "--no-ask-password", "disable", "--now", ufw_end_unit(rule) + ".timer"}),
          host_call(change, {"rm", "-f", "--", path_of(rule, "timer"), path_of(rule, "service")}),
          host_call(change, {"systemctl", "--no-ask-password", "daemon-reload"})};
}

}  // namespace runbook::primitive
