/// @file
/// A plug-in that misbehaves as its choice `does` says, one line for each way. The same source built with AT_LOAD does
/// that while it is loaded, and with DESCRIPTOR it exports that as its descriptor (CMakeLists.txt).
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include "engine/model/plugin.h"

namespace {

using namespace interstice;

struct Deed {
  std::string_view name;
  void (*act)(const ModelView&, Effects&);
};

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();

void fill(auto values, auto with) {
  for (auto& value : values) value = with;
}

int depth(int n) {
  std::array<volatile char, 4096> room{};
  room[0] = static_cast<char>(n);
  return n < 0 ? 0 : depth(n + 1) + room[0];
}

void throw_seven() { throw 7; }
void no_way_out() noexcept { throw_seven(); }

volatile int zero = 0;
int* volatile nowhere = nullptr;

constexpr std::array kInEvaluate = {
    Deed{"nothing", [](const ModelView&, Effects&) {}},
    Deed{"throw_std", [](const ModelView&, Effects&) { throw std::runtime_error("plug-in says no"); }},
    Deed{"throw_int", [](const ModelView&, Effects&) { throw 42; }},
    Deed{"throw_noexcept", [](const ModelView&, Effects&) { no_way_out(); }},
    Deed{"bad_alloc", [](const ModelView&, Effects&) { std::vector<char>(std::size_t{1} << 60).back() = 1; }},
    Deed{"abort", [](const ModelView&, Effects&) { std::abort(); }},
    Deed{"terminate", [](const ModelView&, Effects&) { std::terminate(); }},
    Deed{"exit", [](const ModelView&, Effects&) { std::exit(0); }},
    Deed{"quick_exit", [](const ModelView&, Effects&) { std::quick_exit(0); }},
    Deed{"exit_at_once", [](const ModelView&, Effects&) { _exit(0); }},
    Deed{"null_pointer", [](const ModelView&, Effects&) { *nowhere = 1; }},
    Deed{"divide_by_zero", [](const ModelView&, Effects&) { zero = 77 / zero; }},
    Deed{"stack_overflow", [](const ModelView&, Effects&) { zero = depth(1); }},
    Deed{"never_return",
         [](const ModelView&, Effects&) {
           while (zero == 0) std::this_thread::yield();
         }},
    Deed{"bad_index", [](const ModelView&, Effects& e) { e.clearance(7)[0] = 1; }},
    Deed{"one_beyond", [](const ModelView&, Effects& e) { e.clearance(0).data()[e.clearance(0).size()] = 1; }},
    Deed{"one_before", [](const ModelView&, Effects& e) { e.change(0).data()[-1] = 1; }},
    Deed{"fate_beyond", [](const ModelView&, Effects& e) { e.fate().data()[e.fate().size() + 2] = 1; }},
    Deed{"far_beyond", [](const ModelView&, Effects& e) { std::fill_n(e.clearance(0).data(), 100000000, 1.0); }},
    Deed{"fate_200", [](const ModelView&, Effects& e) { fill(e.fate(), 200); }},
    Deed{"divide_all", [](const ModelView&, Effects& e) { fill(e.fate(), 2); }},
    Deed{"drift_1e308", [](const ModelView&, Effects& e) { fill(e.drift(), 1e308); }},
    Deed{"drift_too_far",
         [](const ModelView&, Effects& e) { e.drift()[4] = 101; }},  // 100 um is the domain, 1 s a step
    Deed{"drift_nan", [](const ModelView&, Effects& e) { fill(e.drift(), kNaN); }},
    Deed{"amount_nan", [](const ModelView&, Effects& e) { e.amounts(0)[5] = kNaN; }},
    Deed{"amount_1e30", [](const ModelView&, Effects& e) { e.amounts(0)[5] = 1e30; }},
    Deed{"take_1e30", [](const ModelView&, Effects& e) { e.amounts(0)[5] = -1e30; }},
    Deed{"secrete_nan", [](const ModelView&, Effects& e) { e.secretion(0)[5] = kNaN; }},
    Deed{"secrete_below_0", [](const ModelView&, Effects& e) { e.secretion(0)[5] = -1e30; }},
    Deed{"secrete_1e30", [](const ModelView&, Effects& e) { e.secretion(0)[5] = 1e30; }},
    Deed{"clear_nan", [](const ModelView&, Effects& e) { fill(e.clearance(0), kNaN); }},
    Deed{"clear_inf", [](const ModelView&, Effects& e) { fill(e.clearance(0), kInf); }},
    Deed{"clear_below_0", [](const ModelView&, Effects& e) { fill(e.clearance(0), -1e9); }},
    Deed{"change_overflow", [](const ModelView&, Effects& e) { fill(e.change(0), 1.7e308); }},
    Deed{"count_nan", [](const ModelView&, Effects& e) { e.count(0, kNaN); }},
};

class Misbehaving final : public InteractionModel {
 public:
  explicit Misbehaving(const Deed& deed) : deed_(deed) {}
  void evaluate(const ModelView& view, Effects& effects) const override {
    if (view.step >= 2) deed_.act(view, effects);
  }

 private:
  const Deed& deed_;
};

class CrashesWhenDestroyed final : public InteractionModel {
 public:
  ~CrashesWhenDestroyed() override { *nowhere = 1; }
  void evaluate(const ModelView&, Effects&) const override {}
};

constexpr std::array kInMake = {std::string_view("make_null"),      std::string_view("make_throw"),
                                std::string_view("make_throw_int"), std::string_view("make_exit"),
                                std::string_view("make_crash"),     std::string_view("destroy_crash")};

std::unique_ptr<InteractionModel> misbehave_in_make(std::size_t how) {
  switch (how) {
    case 0:
      return nullptr;
    case 1:
      throw std::runtime_error("cannot make");
    case 2:
      throw 5;
    case 3:
      std::exit(0);
    case 4:
      *nowhere = 1;
      return nullptr;
    default:
      return std::make_unique<CrashesWhenDestroyed>();
  }
}

constexpr auto kWays = [] {
  std::array<std::string_view, kInEvaluate.size() + kInMake.size()> names{};
  for (std::size_t k = 0; k < kInEvaluate.size(); ++k) names[k] = kInEvaluate[k].name;
  for (std::size_t k = 0; k < kInMake.size(); ++k) names[kInEvaluate.size() + k] = kInMake[k];
  return names;
}();

constexpr std::array kChoices = {ChoiceSpec{"does", kWays, "what it does wrong"}};
constexpr std::array kColumns = {ModelColumnSpec{"misdeed", "1", 1e308, "test"}};
constexpr std::array kTallies = {ModelTallySpec{"misdeeds", "1", "test"}};
constexpr std::array<std::string_view, 1> kFields = {"adenosine"};

const ModelDescriptor kDescriptor = {.name = "misbehaving",
                                     .version = "1",
                                     .summary = "test",
                                     .citation = "test",
                                     .mechanism = Mechanism::none,
                                     .parameters = {},
                                     .choices = kChoices,
                                     .columns = kColumns,
                                     .fields = kFields,
                                     .proteins = {},
                                     .reactions = {},
                                     .tallies = kTallies,
                                     .delay = 0,
                                     .make = [](const ModelSettings& settings) -> std::unique_ptr<InteractionModel> {
                                       const std::size_t which = settings.choices[0];
                                       if (which >= kInEvaluate.size())
                                         return misbehave_in_make(which - kInEvaluate.size());
                                       return std::make_unique<Misbehaving>(kInEvaluate[which]);
                                     }};

[[maybe_unused]] const ModelDescriptor* const volatile nothing = nullptr;

#ifdef AT_LOAD
struct AtLoad {
  AtLoad() { AT_LOAD; }
} at_load;
#endif

}  // namespace

#ifndef DESCRIPTOR
#define DESCRIPTOR kDescriptor
#endif
INTERSTICE_EXPORT_MODEL(DESCRIPTOR);
