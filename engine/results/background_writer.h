/// @file
/// Writing files while the run goes on: jobs are done one after another, in the order in which they came, by a thread
/// of their own. What a job reads must be its own copy.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace interstice {

class BackgroundWriter {
 public:
  using Job = std::function<void()>;
  using Ticket = std::uint64_t;  ///< number of a job, from 1

  BackgroundWriter();
  /// Does what is still to be done; swallows errors, which finish() reports.
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  /// Hands a job over; waits while kMostWaiting are. Throws what an earlier job threw: after that nothing more is
  /// done, as a run that writes its files itself would have ended there.
  Ticket submit(Job job);
  /// Waits until this job and those before it are done. Throws what one of them threw.
  void wait_for(Ticket ticket);
  /// Waits until all is done. Throws what a job threw.
  void finish();
  /// The same, but does not throw: for destructors of what jobs use.
  void settle() noexcept;

  static constexpr std::size_t kMostWaiting = 1024;

 private:
  void work();
  void throw_error() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  Ticket accepted_ = 0, done_ = 0;
  bool ending_ = false;
  std::exception_ptr error_;
  std::thread thread_;  // last: it uses all of the above
};

/// Does the job now, or by `writer` if there is one. Returns its ticket, 0 when it is done.
BackgroundWriter::Ticket write_in_order(BackgroundWriter* writer, BackgroundWriter::Job job);

}  // namespace interstice
