#include "commands.h"

#include "bytes.h"
#include "epoch.h"
#include "flash.h"
#include "frame.h"
#include "lamp.h"
#include "link.h"
#include "modem.h"
#include "settings.h"
#include "slot.h"

#ifdef TEST_BUILD
#include "hang.h"
#endif

enum down {
  DOWN_LINK_UP = 0x81,
  DOWN_LINK_DOWN = 0x82,
  DOWN_ACKNOWLEDGED = 0x83,
  DOWN_REJECTED = 0x84,
  DOWN_TIME_SYNC = 0x85,
  DOWN_RATE = 0x86,
  DOWN_MODE = 0x87,
  DOWN_IDENTIFY = 0x88,
  DOWN_UPDATE_OFFER = 0x89,
  DOWN_BUTTON = 0x8A,
  /* Test builds only. */
  DOWN_NEXT_SEQ = 0x8E,
  DOWN_HANG = 0x8F,
};

enum { FIRST = DOWN_LINK_UP, LAST = DOWN_HANG };
/* Of each message from FIRST on; 0xFF: there is none of that type. */
static const uint8_t BODY_BYTES[LAST - FIRST + 1] FLASH = {
    0, 0, 7, 4, 6, 2, 1, 0, 6, 0, 0xFF, 0xFF, 0xFF,
#ifdef TEST_BUILD
    4, 0,
#else
    0xFF, 0xFF,
#endif
};

void commands_handle(const uint8_t *message, uint8_t length) {
  uint8_t type = message[0];
  const uint8_t *body = message + 1;
  if (type < FIRST || type > LAST || flash_u8(&BODY_BYTES[type - FIRST]) != length - 1) return;
  switch (type) {
    case DOWN_LINK_UP:
      link_changed(true);
      break;
    case DOWN_LINK_DOWN:
      link_changed(false);
      break;
    case DOWN_ACKNOWLEDGED:
      /* The last byte says: nothing of this boot yet. */
      if (body[6] == 0) link_acknowledged(get_u16(body), get_u32(body + 2));
      break;
    case DOWN_REJECTED:
      link_rejected(body[0], body[1] != 0, get_u16(body + 2));
      break;
    case DOWN_TIME_SYNC:
      epoch_sync(get_u32(body) | (uint64_t)get_u16(body + 4) << 32);
      break;
    case DOWN_RATE:
      slot_set_length(get_u16(body));
      break;
    case DOWN_MODE:
      if (body[0] <= MODE_RAW) slot_set_mode(body[0]);
      break;
    case DOWN_IDENTIFY:
      lamp_light();
      modem_log(LOG_IDENTIFY, 0);
      break;
    case DOWN_UPDATE_OFFER:
      modem_log(LOG_UPDATE_OFFER, get_u16(body));
      break;
    case DOWN_BUTTON:
      frame_button();
      break;
#ifdef TEST_BUILD
    case DOWN_NEXT_SEQ:
      frame_nextSeq = get_u32(body);
      break;
    case DOWN_HANG:
      hang();
      break;
#endif
  }
}
