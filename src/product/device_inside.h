/* device_inside - what the parts of the devices share. */
#ifndef PRODUCT_DEVICE_INSIDE_H
#define PRODUCT_DEVICE_INSIDE_H

#include "product/device.h"

/** device_keys_put - the keys that are in a device now, in place of those before. */
NODISCARD int device_keys_put(struct tx *tx, const char *serial,
    const json_t *before, const json_t *now, struct err *err);

#endif
