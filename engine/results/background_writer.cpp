#include "engine/results/background_writer.h"

#include <utility>

namespace interstice {

BackgroundWriter::BackgroundWriter() : thread_([this] { work(); }) {}

BackgroundWriter::~BackgroundWriter() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

BackgroundWriter::Ticket BackgroundWriter::submit(Job job) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return error_ || waiting_.size() < kMostWaiting; });
  throw_error();
  waiting_.push_back(std::move(job));
  changed_.notify_all();
  return ++accepted_;
}

void BackgroundWriter::wait_for(Ticket ticket) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_ >= ticket; });
  throw_error();
}

void BackgroundWriter::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return done_ == accepted_; });
  throw_error();
}

void BackgroundWriter::settle() noexcept {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return done_ == accepted_; });
}

void BackgroundWriter::throw_error() const {
  if (error_) std::rethrow_exception(error_);
}

void BackgroundWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    std::exception_ptr error;
    if (!error_) {
      lock.unlock();
      try {
        job();
      } catch (...) {  // handed to whoever submits or waits next
        error = std::current_exception();
      }
      job = nullptr;  // what it holds ends before it counts as done
      lock.lock();
    }
    if (error) error_ = error;
    ++done_;
    changed_.notify_all();
  }
}

BackgroundWriter::Ticket write_in_order(BackgroundWriter* writer, BackgroundWriter::Job job) {
  if (writer != nullptr) return writer->submit(std::move(job));
  job();
  return 0;
}

}  // namespace interstice
