// The audit log of a state directory: one append-only, signed hash chain, shared by all processes that use it.
//
// docs/audit.md describes the files. What this class adds is when it may be trusted:
//
// * An append takes the log's lock, checks that the file is still at its path, reads and verifies what other processes
//   wrote meanwhile, and chains on to it. So two runs share one chain without knowing of each other.
// * `append_durable` returns after fdatasync, and after HEAD says so. A change may begin only then. The first one also
//   syncs the directories up to the one that the state directory is in, for a file whose name is not on disk is no file
//   after a power cut, and who made them may have been killed before it synced them.
// * `append_intent` first restores a reserve of 1 MiB behind the end of the log, so that the OUTCOME can be written
//   even when the disk fills up between INTENT and OUTCOME.
// * What a crash leaves is cut when the log is next opened, and its first bytes are kept in a RECOVERED record: a line
//   that breaks off at the end, and behind the record that HEAD names anything that is no record, for of what was not
//   synced yet a power cut keeps any pages and loses others (tests/fault has them all). Any other damage, a file that
//   was moved away, a missing key or a failed fdatasync end the writing for good: after a failed fdatasync the page
//   cache says that all is well, so trying again would turn a loss into a lie.
//
// `rotate_beyond` goes on in the next file when the one in use has grown; others that have the log open follow with
// their next append (journal_rotate.cc). It is asked for where a run begins, so that its time is not that of a change.
//
// A journal that cannot write still exists: `append` fails with kAudit, and subscribers (console, report) get the
// record all the same, with n = 0. Looking goes on without a log; changing does not, nor does it after a single record
// that could not be written, be it only the run's first: what is done must be found by who reads the log later.
//
// Opening reads HEAD, the record it names and what stands behind it, however long the log is; `verify_audit`
// (verify.h) walks it all. Besides the write and the sync (0.06 to 0.12 ms on an idle disk) a durable append costs one
// Ed25519 signature, 0.024 ms, and 0.015 ms for all the rest.
// One event loop uses a journal; it is not safe for several threads.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/redaction/secret_net.h"
#include "base/storage.h"
#include "safety/carried.h"
#include "safety/chain.h"
#include "safety/head.h"
#include "safety/record.h"
#include "safety/signing_key.h"

namespace runbook::safety {

/// Disk space that ready_for_changes holds behind the end of the log, in bytes.
inline constexpr std::uint64_t kAuditReserve = 1U << 20U;

class Journal {
 public:
  /// Opens the log of the state directory, made on first use. Always gives a journal; see `writable`.
  static std::unique_ptr<Journal> open(Storage& storage, const Clock& clock, const std::filesystem::path& state);

  /// Writes a record without waiting for the disk. `data` is a map; `run` may be empty. kAudit when it cannot be
  /// written, kInternal when the data is no map, too deep, too long or not finite.
  Result<Record> append(std::string_view run, std::string_view type, Value data);

  /// The same, on disk when this returns without an error, together with everything appended before.
  Result<Record> append_durable(std::string_view run, std::string_view type, Value data);

  /// The INTENT of a change, durable. kAudit, with what to do, unless the log is in place, sound, has its reserve and
  /// lacks no record of this process.
  Result<Record> append_intent(std::string_view run, Value data);

  /// Whether an INTENT could be written now, to be asked before a person is: kAudit as above.
  Result<void> ready_for_changes();

  /// Goes on in the next file when the one in use has this many bytes. When that fails, it counts as a record that
  /// could not be written.
  Result<void> rotate_beyond(std::uint64_t bytes);

  /// kAudit with the reason once the log cannot be written any more, or never could.
  [[nodiscard]] Result<void> writable() const;

  /// kAudit with the reason when something was changed on the strength of this journal and a record of it is missing.
  [[nodiscard]] Result<void> complete() const;

  /// The fingerprint of the key that signs the log; kAudit when there is none.
  [[nodiscard]] Result<std::string> fingerprint() const;

  /// From now on no record holds one of these secrets, whoever wrote it there: a playbook's author, an operator. An
  /// INTENT that would is refused, for what it says must be what is done. The net must outlive the journal.
  void keep_out(const SecretNet& secrets) { secrets_ = &secrets; }

  /// Calls `observer` with each record from now on, also with those that could not be written (n = 0).
  void subscribe(std::function<void(const Record&)> observer);

  /// Visits all records in order, checking the chain but no signatures. An incomplete line at the end is left out.
  Result<void> for_each(const std::function<void(const Record&)>& visit) const;

  /// The same, from the file on in which this run began: all there is of it, and all that came after it. All records
  /// when its beginning is not there.
  Result<void> for_each_since(std::string_view run, const std::function<void(const Record&)>& visit) const;

  /// The same, from the last file on that began this long ago or earlier: all records that are younger.
  Result<void> for_each_within(std::chrono::milliseconds time, const std::function<void(const Record&)>& visit) const;

  /// The INTENTs without an OUTCOME, and those whose OUTCOMEs say in_doubt; oldest first. Reads the last file, from
  /// where it stood the last time, and these records.
  [[nodiscard]] Result<std::vector<Record>> open_intents();

  /// The records of one run, in order.
  [[nodiscard]] Result<std::vector<Record>> records(std::string_view run) const;

 private:
  Journal(Storage& storage, const Clock& clock, const std::filesystem::path& state);

  Result<void> attach();
  Result<void> begin();
  Result<void> keep_head();
  Result<void> resume(const Head& head);
  Result<void> resume_before(const Head& head);
  Result<Record> check_head_record(const Head& head, const File& log);
  Result<void> settle_tail();
  Result<void> establish();
  Result<void> write_head();

  Result<void> for_each_in(const std::vector<std::string>& logs, const std::function<void(const Record&)>& visit) const;
  Result<bool> begins_in(const std::string& log, std::string_view run) const;
  Result<void> follow_open();
  Result<FileLock> enter();
  Result<void> rotate();
  Result<std::optional<File>> next_file();
  void move_on(File next);
  Result<void> arrive();
  Result<Value> carried_from(const File& last);
  Result<void> begin_next(Value carried);
  Result<void> catch_up();
  Result<void> recover(std::uint64_t torn);
  Result<void> restore_reserve();
  Result<void> write(Record& record);
  Result<void> make_durable();
  Result<void> check_ready();
  enum class Promise : std::uint8_t { kWritten, kDurable, kIntent };
  Result<void> put(Record& record, Promise promise);
  Result<Record> publish(std::string_view run, std::string_view type, Value data, Promise promise);
  void notify(const Record& record) const;
  Error end_writing(Error error);

  Storage& storage_;
  const Clock& clock_;
  std::filesystem::path state_;
  std::filesystem::path audit_;
  std::string log_name_{kFirstLog};
  File log_;
  File head_;
  std::optional<SigningKey> key_;
  Position end_;                      // of what is known and verified
  std::string token_;                 // of the last record written here
  std::uint64_t reserved_until_ = 0;  // byte of the log
  bool arrived_ = true;               // false: log_ is the file behind end_, and nothing of it is known yet
  OpenIntents open_;                  // as of followed_
  Place followed_;                    // how far open_intents has read
  bool directories_synced_ = false;
  bool changing_ = false;  // an INTENT was written
  std::optional<Error> ended_;
  std::optional<Error> lost_;  // why the first of the records that are missing could not be written
  std::vector<std::function<void(const Record&)>> observers_;
  const SecretNet* secrets_ = nullptr;
};

}  // namespace runbook::safety
