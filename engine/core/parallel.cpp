#include "engine/core/parallel.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace interstice {

struct Threads::Impl {
  explicit Impl(int n) : count(n), arena(n) {}
  int count;
  tbb::task_arena arena;
  std::mutex mutex;
  std::set<std::thread::id> workers;

  void note_worker() {
    const std::scoped_lock lock(mutex);
    workers.insert(std::this_thread::get_id());
  }
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
  impl_->arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, blocks, 1), [&](const tbb::blocked_range<std::size_t>& range) {
      impl_->note_worker();
      for (std::size_t block = range.begin(); block != range.end(); ++block) run(block);
    });
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

int Threads::distinct_workers() const { return impl_->workers.empty() ? 1 : static_cast<int>(impl_->workers.size()); }

}  // namespace interstice
