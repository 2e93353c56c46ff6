/// @file
/// A shared object that is no plug-in.
int interstice_is_not_here() { return 1; }
