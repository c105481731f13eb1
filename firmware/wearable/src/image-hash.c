#include "image-hash.h"

#include "flash.h"

static const uint32_t HASH FLASH = IMAGE_HASH;

uint32_t image_hash(void) { return flash_u32(&HASH); }
