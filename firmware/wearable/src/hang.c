#ifdef TEST_BUILD
#include "hang.h"

#include <avr/interrupt.h>

void hang(void) {
  cli();
  for (;;) continue;
}
#endif
