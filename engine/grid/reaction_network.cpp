/// @file
/// Clusters of reacting species and their rate laws.
#include "engine/grid/reaction_network.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/pinned_math.h"
#include "engine/grid/vector_clones.h"

namespace interstice {
namespace {

using Term = ClusterReaction::Term;

/// Calls f for every species that takes part in the reaction.
template <class F>
void for_each_species(const Reaction& reaction, const F& f) {
  for (const auto& s : reaction.reactants) f(s.species);
  for (const auto& s : reaction.products) f(s.species);
  if (reaction.law == Reaction::Law::michaelis_menten) {
    f(reaction.michaelis_menten.substrate);
    for (const auto& i : reaction.michaelis_menten.inhibitors) f(i.species);
  }
  if (reaction.law == Reaction::Law::hill) f(reaction.hill.substrate);
}

/// Smallest species index of each species' cluster.
std::vector<std::size_t> cluster_roots(const Chemistry& chemistry, std::size_t species_count) {
  std::vector<std::size_t> root(species_count);
  std::iota(root.begin(), root.end(), std::size_t{0});
  for (bool changed = true; changed;) {
    changed = false;
    for (const Reaction& reaction : chemistry.reactions) {
      std::size_t lowest = species_count;
      for_each_species(reaction, [&](SpeciesId s) { lowest = std::min(lowest, root[index(s)]); });
      for_each_species(reaction, [&](SpeciesId s) {
        changed = changed || root[index(s)] != lowest;
        root[index(s)] = lowest;
      });
    }
  }
  return root;
}

ClusterReaction compile(const Reaction& reaction, std::size_t id, const std::vector<int>& local,
                        std::size_t region_count) {
  const auto at = [&](SpeciesId s) { return local[index(s)]; };
  ClusterReaction r;
  r.id = id;
  r.law = reaction.law;
  const auto add = [&](int species, double coefficient) {
    const auto known = std::find_if(r.net.begin(), r.net.end(), [&](const Term& t) { return t.species == species; });
    if (known != r.net.end()) {
      known->coefficient += coefficient;
    } else {
      r.net.push_back({species, coefficient});
    }
  };
  for (const auto& s : reaction.reactants) {
    r.orders.push_back({at(s.species), static_cast<double>(s.coefficient)});
    add(at(s.species), -s.coefficient);
  }
  for (const auto& s : reaction.products) add(at(s.species), s.coefficient);
  std::erase_if(r.net, [](const Term& t) { return t.coefficient == 0; });
  if (r.law == Reaction::Law::mass_action) r.constant = reaction.mass_action.k;
  if (r.law == Reaction::Law::michaelis_menten) {
    const MichaelisMenten& m = reaction.michaelis_menten;
    r.substrate = at(m.substrate), r.constant = m.vmax, r.per_copy = m.kcat, r.Km = m.Km;
    for (const Inhibitor& i : m.inhibitors) r.inhibitors.push_back({at(i.species), m.Km / i.Ki});
  }
  if (r.law == Reaction::Law::hill) {
    const HillRate& h = reaction.hill;
    r.substrate = at(h.substrate), r.constant = h.vmax, r.n = h.n, r.K_to_n = pinned::pow(h.K, h.n);
  }
  r.in_region.assign(region_count, 1.0);
  for (std::size_t g = 0; g < reaction.in_region.size() && g < region_count; ++g)
    r.in_region[g] = reaction.in_region[g];
  return r;
}

double power(double x, double n) {
  if (n == 1) return x;
  if (n == 2) return x * x;
  if (n == 3) return x * x * x;
  if (n == 4) return (x * x) * (x * x);
  return x > 0 ? pinned::pow(x, n) : 0.0;
}

template <std::size_t W>
void mass_action(const ClusterReaction& r, const double* factor, const double* c, double* v) {
  for (std::size_t w = 0; w < W; ++w) v[w] = factor[w];
  for (const Term& term : r.orders) {
    const double* s = c + static_cast<std::size_t>(term.species) * W;
    for (int k = 0; k < static_cast<int>(term.coefficient); ++k) {
      for (std::size_t w = 0; w < W; ++w) v[w] *= s[w];
    }
  }
}

template <std::size_t W>
void michaelis_menten(const ClusterReaction& r, const double* factor, const double* c, double* v) {
  const double* s = c + static_cast<std::size_t>(r.substrate) * W;
  for (std::size_t w = 0; w < W; ++w) v[w] = r.Km + s[w];
  for (const Term& i : r.inhibitors) {
    const double* inhibitor = c + static_cast<std::size_t>(i.species) * W;
    for (std::size_t w = 0; w < W; ++w) v[w] += i.coefficient * inhibitor[w];
  }
  for (std::size_t w = 0; w < W; ++w) v[w] = factor[w] * s[w] / v[w];
}

template <std::size_t W>
void hill(const ClusterReaction& r, const double* factor, const double* c, double* v) {
  const double* s = c + static_cast<std::size_t>(r.substrate) * W;
  for (std::size_t w = 0; w < W; ++w) {
    const double p = power(s[w], r.n);
    v[w] = factor[w] * p / (r.K_to_n + p);
  }
}

double mass_action_derivative(const ClusterReaction& r, double factor, const double* c, std::size_t by) {
  double derivative = factor;
  for (std::size_t t = 0; t < r.orders.size(); ++t) {
    const double order = r.orders[t].coefficient, s = c[r.orders[t].species];
    derivative *= t != by ? power(s, order) : order == 1 ? 1.0 : order * power(s, order - 1);
  }
  return derivative;
}

}  // namespace

std::vector<Cluster> make_clusters(const Chemistry& chemistry, std::span<const Species> species,
                                   std::size_t region_count) {
  const std::vector<std::size_t> root = cluster_roots(chemistry, species.size());
  std::vector<int> local(species.size()), cluster_of(species.size(), -1);
  std::vector<Cluster> clusters;
  for (std::size_t s = 0; s < species.size(); ++s) {
    if (root[s] == s) {
      cluster_of[s] = static_cast<int>(clusters.size());
      clusters.emplace_back();
    }
    Cluster& cluster = clusters[cluster_of[root[s]]];
    local[s] = static_cast<int>(cluster.size());
    cluster.species.push_back(static_cast<SpeciesId>(s));
    cluster.decay.push_back(species[s].decay);
  }
  for (std::size_t r = 0; r < chemistry.reactions.size(); ++r) {
    std::size_t member = species.size();
    for_each_species(chemistry.reactions[r], [&](SpeciesId s) { member = index(s); });
    if (member == species.size()) continue;  // involves no species
    clusters[cluster_of[root[member]]].reactions.push_back(compile(chemistry.reactions[r], r, local, region_count));
  }
  return clusters;
}

template <std::size_t W>
void rates(const Cluster& cluster, const LocalConditions& local, const double* c, double* x) {
  const std::size_t reactions = cluster.reactions.size(), n = cluster.size();
  for (std::size_t r = 0; r < reactions; ++r) {
    const ClusterReaction& reaction = cluster.reactions[r];
    switch (reaction.law) {
      case Reaction::Law::mass_action:
        mass_action<W>(reaction, local.factor + r * W, c, x + r * W);
        break;
      case Reaction::Law::michaelis_menten:
        michaelis_menten<W>(reaction, local.factor + r * W, c, x + r * W);
        break;
      case Reaction::Law::hill:
        hill<W>(reaction, local.factor + r * W, c, x + r * W);
        break;
    }
  }
  for (std::size_t s = 0; s < n; ++s) {
    const double* value = c + s * W;
    const double* k = local.uptake + s * W;
    double* taken = x + (reactions + s) * W;
    double* decayed = x + (reactions + n + s) * W;
    const double inverse_Km = local.inverse_uptake_Km[s], decay = cluster.decay[s];
    for (std::size_t w = 0; w < W; ++w) taken[w] = k[w] * value[w] / (1 + inverse_Km * value[w]);
    for (std::size_t w = 0; w < W; ++w) decayed[w] = decay * value[w];
  }
}

template <std::size_t W>
void change_of(const Cluster& cluster, const double* x, double* change) {
  const std::size_t reactions = cluster.reactions.size(), n = cluster.size();
  for (std::size_t s = 0; s < n; ++s) {
    const double* taken = x + (reactions + s) * W;
    const double* decayed = x + (reactions + n + s) * W;
    for (std::size_t w = 0; w < W; ++w) change[s * W + w] = -(taken[w] + decayed[w]);
  }
  for (std::size_t r = 0; r < reactions; ++r) {
    for (const Term& term : cluster.reactions[r].net) {
      double* target = change + static_cast<std::size_t>(term.species) * W;
      for (std::size_t w = 0; w < W; ++w) target[w] += term.coefficient * x[r * W + w];
    }
  }
}

void rate_derivatives(const Cluster& cluster, const LocalConditions& local, const double* c, double* dx) {
  const std::size_t reactions = cluster.reactions.size(), n = cluster.size();
  std::fill(dx, dx + reactions * n, 0.0);
  for (std::size_t r = 0; r < reactions; ++r) {
    const ClusterReaction& reaction = cluster.reactions[r];
    const double factor = local.factor[r], s = c[reaction.substrate];
    double* row = dx + r * n;
    if (reaction.law == Reaction::Law::mass_action) {
      for (std::size_t t = 0; t < reaction.orders.size(); ++t) {
        row[reaction.orders[t].species] += mass_action_derivative(reaction, factor, c, t);
      }
    } else if (reaction.law == Reaction::Law::michaelis_menten) {
      double denominator = reaction.Km + s;
      for (const Term& i : reaction.inhibitors) denominator += i.coefficient * c[i.species];
      const double slope = factor / (denominator * denominator);
      row[reaction.substrate] += slope * (denominator - s);
      for (const Term& i : reaction.inhibitors) row[i.species] -= slope * s * i.coefficient;
    } else {
      const double denominator = reaction.K_to_n + power(s, reaction.n);
      const double slope = reaction.n == 1 ? 1.0 : reaction.n * power(s, reaction.n - 1);
      row[reaction.substrate] += factor * reaction.K_to_n * slope / (denominator * denominator);
    }
  }
  for (std::size_t s = 0; s < n; ++s) {
    const double saturation = 1 + local.inverse_uptake_Km[s] * c[s];
    dx[reactions * n + s] = local.uptake[s] / (saturation * saturation);
    dx[reactions * n + n + s] = cluster.decay[s];
  }
}

template void rates<1>(const Cluster&, const LocalConditions&, const double*, double*);
template void change_of<1>(const Cluster&, const double*, double*);

INTERSTICE_VECTOR_CLONES void batch_rates(const Cluster& cluster, const LocalConditions& local, const double* c,
                                          double* x) {
  rates<kBatch>(cluster, local, c, x);
}

INTERSTICE_VECTOR_CLONES void batch_change_of(const Cluster& cluster, const double* x, double* change) {
  change_of<kBatch>(cluster, x, change);
}

}  // namespace interstice
