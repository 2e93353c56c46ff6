/// @file
/// The frame of every page: one file without network access, the bar above, the charts and the scripts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace interstice::viz {

struct PageLink {
  std::string id, text;
};

struct Page {
  std::string title;  ///< not escaped yet
  std::vector<PageLink> links;
  std::string body;     ///< HTML
  nlohmann::json data;  ///< what the script reads
  const char* script;
};

std::string page(const Page& page);

}  // namespace interstice::viz
