/// @file
/// A study as a command names it: its file, read and checked, and where its results are; what it answers so far.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/study/study.h"
#include "tools/study/study_actions.h"
#include "tools/study/study_directory.h"
#include "tools/study/task_log.h"

namespace interstice::cli {

struct LoadedStudy {
  ModelRegistry registry;
  LoadOptions options;
  Study study;
  StudyDirectory directory{""};
  bool is_check = false;  ///< it holds a twin against its scenario
};

/// Where its results are, or with --check those of its check; `ending`: of the directory that nobody named.
std::filesystem::path directory_of(const StudyOptions& options, const char* ending = "_study");

/// Throws InputError where the file holds mistakes.
std::unique_ptr<LoadedStudy> load(const StudyOptions& options, const char* ending = "_study");

/// What the study answers, as `verdict` prints it; of a reduced twin only where its check allows it.
std::string answer_of(const LoadedStudy& loaded, const TaskRows& rows);

/// The tables, the answer and the page with the figures. Throws DiskError.
void write_all(const LoadedStudy& loaded, const TaskRows& rows);

/// The answer and the page alone. Throws DiskError.
void write_answer(const LoadedStudy& loaded, const TaskRows& rows);

}  // namespace interstice::cli
