// Stands in for TensorFlow's library: just enough that the binding starts and finds no device.
// With CUDA_LIBRARY defined it also needs that library, as the CUDA flavour needs NVIDIA's.
#include <dlfcn.h>
#include <stddef.h>

static int code = 0;

const char *TF_Version(void) { return "2.21.0"; }
void *TF_NewStatus(void) { return &code; }
void TF_DeleteStatus(void *status) {}
int TF_GetCode(const void *status) { return code; }
const char *TF_Message(const void *status) { return "stand-in"; }
void *TFE_NewContextOptions(void) { return &code; }
void TFE_DeleteContextOptions(void *options) {}
void *TFE_NewContext(const void *options, void *status) {
#ifdef CUDA_LIBRARY
  if (dlopen(CUDA_LIBRARY, RTLD_LAZY) == NULL) code = 13;
#endif
  return &code;
}
void TFE_DeleteContext(void *context) {}
void *TFE_ContextListDevices(void *context, void *status) { return &code; }
int TF_DeviceListCount(const void *list) { return 0; }
void TF_DeleteDeviceList(void *list) {}
