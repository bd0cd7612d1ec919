#include "config.h"
#include "daemon/daemon.h"
#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

void
tell(const char *what)
{
#ifdef HAVE_SYSTEMD
	(void)sd_notify(0, what);
#else
	(void)what;
#endif
}
