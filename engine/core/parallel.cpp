#include "engine/core/parallel.h"

#include <hwy/cache_control.h>
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#ifdef INTERSTICE_TSAN
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

namespace interstice {

namespace {
constexpr std::size_t kMostThreads = 256;  // TBB never starts more workers than cores unless a control allows it

// Debian's TBB is not instrumented, so the thread sanitizer does not see how it hands over work. These two say so;
// TBB's own templates are kept out of its sight by compiling this file without it.
#ifdef INTERSTICE_TSAN
void publish(char* token) { __tsan_release(token); }
void receive(char* token) { __tsan_acquire(token); }
#else
void publish(const char*) {}
void receive(const char*) {}
#endif

/// Who gives way at once may be without a processor for as long as another program likes.
void wait_a_moment(std::size_t tries) {
  constexpr std::size_t patience = 2000;
  if (tries % patience == 0) {
    std::this_thread::yield();
  } else {
    hwy::Pause();
  }
}

}  // namespace

struct Threads::Impl {
  explicit Impl(int n)
      : count(n), control(tbb::global_control::max_allowed_parallelism, kMostThreads), arena(n), has_run(n) {}
  int count;
  tbb::global_control control;
  tbb::task_arena arena;
  // By place in the arena: TBB may send one of its threads home between two blocks and another to the same place.
  std::vector<std::atomic<bool>> has_run;

  void note_worker() { has_run[tbb::this_task_arena::current_thread_index()].store(true, std::memory_order_relaxed); }
};

Threads::Threads(int count) : impl_(std::make_unique<Impl>(std::max(1, count))) {}
Threads::~Threads() = default;
Threads::Threads(Threads&&) noexcept = default;
Threads& Threads::operator=(Threads&&) noexcept = default;

int Threads::count() const { return impl_->count; }

void Threads::for_blocks(std::size_t n, std::size_t grain,
                         const std::function<void(std::size_t, std::size_t)>& body) const {
  const std::size_t blocks = (n + grain - 1) / grain;
  const auto run = [&](std::size_t block) { body(block * grain, std::min(n, (block + 1) * grain)); };
  if (impl_->count == 1 || blocks <= 1) {
    for (std::size_t block = 0; block < blocks; ++block) run(block);
    return;
  }
  char handed_out = 0, handed_back = 0;
  publish(&handed_out);
  impl_->arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, blocks, 1), [&](const tbb::blocked_range<std::size_t>& range) {
      receive(&handed_out);
      impl_->note_worker();
      for (std::size_t block = range.begin(); block != range.end(); ++block) run(block);
      publish(&handed_back);
    });
  });
  receive(&handed_back);
}

void Threads::for_staircase(std::size_t rows, std::size_t columns,
                            const std::function<void(std::size_t, std::size_t)>& body) const {
  // Rows are taken in their order: who waits, waits for a row that a thread has begun.
  std::atomic<std::size_t> next{0};
  std::vector<std::atomic<std::size_t>> done(rows);  // columns
  std::vector<char> handed_up(rows);
  struct EvenIfThrown {
    std::atomic<std::size_t>& done;
    std::size_t columns;
    ~EvenIfThrown() { done.store(columns, std::memory_order_release); }
  };
  for_blocks(rows, 1, [&](std::size_t, std::size_t) {
    const std::size_t row = next.fetch_add(1);
    const EvenIfThrown guard{done[row], columns};
    for (std::size_t column = 0; column < columns; ++column) {
      const auto ready = [&] { return row == 0 || done[row - 1].load(std::memory_order_acquire) > column; };
      for (std::size_t tries = 1; !ready(); ++tries) wait_a_moment(tries);
      if (row > 0) receive(&handed_up[row - 1]);
      body(row, column);
      publish(&handed_up[row]);
      done[row].store(column + 1, std::memory_order_release);
    }
  });
}

double Threads::sum_blocks(std::size_t n, std::size_t grain,
                           const std::function<double(std::size_t, std::size_t)>& body) const {
  std::vector<double> partial((n + grain - 1) / grain, 0.0);
  for_blocks(n, grain, [&](std::size_t begin, std::size_t end) { partial[begin / grain] = body(begin, end); });
  double total = 0;
  for (const double value : partial) total += value;
  return total;
}

int Threads::distinct_workers() const {
  return std::max(1, static_cast<int>(std::count(impl_->has_run.begin(), impl_->has_run.end(), true)));
}

}  // namespace interstice
