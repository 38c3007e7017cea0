#include "vm/modules/posix_module.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>

#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"

namespace refscope::vm {

namespace {

const struct {
    const char* name;
    int value;
} constants[] = {
#define RS_CONSTANT(name) {#name, name},
    RS_CONSTANT(F_OK) RS_CONSTANT(R_OK) RS_CONSTANT(W_OK) RS_CONSTANT(X_OK) RS_CONSTANT(TMP_MAX)
    RS_CONSTANT(WCONTINUED) RS_CONSTANT(WNOHANG) RS_CONSTANT(WUNTRACED) RS_CONSTANT(WEXITED) RS_CONSTANT(WSTOPPED) RS_CONSTANT(WNOWAIT)
   
    RS_CONSTANT(O_RDONLY) RS_CONSTANT(O_WRONLY) RS_CONSTANT(O_RDWR) RS_CONSTANT(O_NDELAY) RS_CONSTANT(O_NONBLOCK)
    RS_CONSTANT(O_APPEND) RS_CONSTANT(O_DSYNC) RS_CONSTANT(O_RSYNC) RS_CONSTANT(O_SYNC) RS_CONSTANT(O_NOCTTY)
    RS_CONSTANT(O_CREAT) RS_CONSTANT(O_EXCL) RS_CONSTANT(O_TRUNC) RS_CONSTANT(O_PATH) RS_CONSTANT(O_TMPFILE)
    RS_CONSTANT(O_CLOEXEC) RS_CONSTANT(O_ACCMODE) RS_CONSTANT(O_ASYNC) RS_CONSTANT(O_DIRECT) RS_CONSTANT(O_DIRECTORY)
    RS_CONSTANT(O_NOFOLLOW) RS_CONSTANT(O_NOATIME) RS_CONSTANT(SEEK_HOLE) RS_CONSTANT(SEEK_DATA)
    RS_CONSTANT(EX_OK) RS_CONSTANT(EX_USAGE) RS_CONSTANT(EX_DATAERR) RS_CONSTANT(EX_NOINPUT) RS_CONSTANT(EX_NOUSER)
    RS_CONSTANT(EX_NOHOST) RS_CONSTANT(EX_UNAVAILABLE) RS_CONSTANT(EX_SOFTWARE) RS_CONSTANT(EX_OSERR)
    RS_CONSTANT(EX_OSFILE) RS_CONSTANT(EX_CANTCREAT) RS_CONSTANT(EX_IOERR) RS_CONSTANT(EX_TEMPFAIL)
    RS_CONSTANT(EX_PROTOCOL) RS_CONSTANT(EX_NOPERM) RS_CONSTANT(EX_CONFIG) RS_CONSTANT(F_LOCK) RS_CONSTANT(F_TLOCK)
    RS_CONSTANT(F_ULOCK) RS_CONSTANT(F_TEST) RS_CONSTANT(GRND_RANDOM) RS_CONSTANT(GRND_NONBLOCK)
#undef RS_CONSTANT
};

}  // namespace

Owned create_posix_module() {
    Ref<> module = own(module_create("posix", "The system's calls.", posix_file_functions));
    if (!module || module_add_functions(module.get(), posix_descriptor_functions) < 0 ||
        module_add_functions(module.get(), posix_status_functions) < 0 ||
        module_add_functions(module.get(), posix_process_functions) < 0 ||
        module_add_functions(module.get(), posix_children_functions) < 0 || posix_add_status_types(module.get()) < 0 ||
        posix_add_process_parts(module.get()) < 0 || posix_add_descriptor_types(module.get()) < 0 || module_add_object(module.get(), "error", &exc::OSError) < 0) {
        return nullptr;
    }
    for (const auto& constant : constants) {
        if (module_add_int(module.get(), constant.name, constant.value) < 0) return nullptr;
    }
    // What os.py may offer beyond the plain calls: nothing that takes directory descriptors.
    if (module_add_object_steal(module.get(), "_have_functions", list_new(0)) < 0) return nullptr;
    return module.release();
}

}  // namespace refscope::vm
