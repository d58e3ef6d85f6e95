import { startFuzzService } from '../support/fuzz/fuzz-service.ts';
import { fuzzSettings } from '../support/fuzz/fuzz-settings.ts';
import { describeFuzz } from '../support/fuzz/fuzz-suite.ts';

describeFuzz({ name: 'its own file', fuzzed: await startFuzzService(), ...fuzzSettings(10_000) });
