#include "viz/render/offscreen.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <dlfcn.h>
#include <vtkCallbackCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>

#include <array>

// Debian's VTK has no window class for EGL, and its GLEW refuses to begin without GLX - after it has loaded all that
// VTK calls. So the program has a glewInit of its own, which VTK finds first: it calls the true one and takes "no GLX
// display" for a success.
extern "C" unsigned char glewExperimental;
extern "C" __attribute__((visibility("default"))) unsigned glewInit() {
  constexpr unsigned kNoGlxDisplay = 4;
  static const auto real = reinterpret_cast<unsigned (*)()>(::dlsym(RTLD_NEXT, "glewInit"));
  glewExperimental = 1;
  const unsigned result = real();
  return result == kNoGlxDisplay ? 0 : result;
}

namespace interstice::render {
namespace {

EGLDisplay display = EGL_NO_DISPLAY;  // one for the program: VTK calls back without saying for whom
EGLContext context = EGL_NO_CONTEXT;

bool make_context() {
  const auto platform_display =
      reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(::eglGetProcAddress("eglGetPlatformDisplayEXT"));
  if (platform_display == nullptr) return false;
  display = platform_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
  if (display == EGL_NO_DISPLAY || !::eglInitialize(display, nullptr, nullptr) || !::eglBindAPI(EGL_OPENGL_API))
    return false;
  constexpr std::array<EGLint, 5> kConfig{EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT,
                                          EGL_NONE};
  constexpr std::array<EGLint, 7> kContext{
      EGL_CONTEXT_MAJOR_VERSION,           3,       EGL_CONTEXT_MINOR_VERSION, 2, EGL_CONTEXT_OPENGL_PROFILE_MASK,
      EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint found = 0;
  if (!::eglChooseConfig(display, kConfig.data(), &config, 1, &found) || found == 0) return false;
  context = ::eglCreateContext(display, config, EGL_NO_CONTEXT, kContext.data());
  return context != EGL_NO_CONTEXT && ::eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context);
}

/// Answers what a generic window asks of whoever made its context.
void answer(vtkObject* /*window*/, unsigned long event, void* /*mine*/, void* asked) {
  switch (event) {
    case vtkCommand::WindowMakeCurrentEvent:
      ::eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context);
      break;
    case vtkCommand::WindowIsCurrentEvent:
      *static_cast<bool*>(asked) = ::eglGetCurrentContext() == context;
      break;
    case vtkCommand::WindowSupportsOpenGLEvent:
    case vtkCommand::WindowIsDirectEvent:
      *static_cast<int*>(asked) = 1;
      break;
    default:
      break;
  }
}

}  // namespace

vtkSmartPointer<vtkRenderWindow> surfaceless_window(int width, int height) {
  if (!make_context()) return nullptr;
  auto window = vtkSmartPointer<vtkGenericOpenGLRenderWindow>::New();
  window->SetOffScreenRendering(1);
  window->SetOwnContext(0);
  vtkNew<vtkCallbackCommand> callback;
  callback->SetCallback(answer);
  for (const auto event : {vtkCommand::WindowMakeCurrentEvent, vtkCommand::WindowIsCurrentEvent,
                           vtkCommand::WindowSupportsOpenGLEvent, vtkCommand::WindowIsDirectEvent})
    window->AddObserver(event, callback);
  window->SetReadyForRendering(true);
  window->SetSize(width, height);
  window->OpenGLInitContext();
  return window;
}

vtkSmartPointer<vtkRenderWindow> x_window(int width, int height) {
  auto window = vtkSmartPointer<vtkRenderWindow>::New();
  window->SetOffScreenRendering(1);
  window->SetSize(width, height);
  return window;
}

}  // namespace interstice::render
