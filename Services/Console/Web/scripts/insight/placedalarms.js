// Standing alarms with their sensor's name and place: alarms know their sensor by its code only.

import { everything } from "./all.js";
import { join, nameAlarm } from "./lifelinedata.js";

/** Answers a function that asks for the alarms anew; for sensors only when one turns up that is not known yet. */
export function placedAlarms(signal) {
  let known = new Map();
  const learn = async (alarms) => {
    const [sensors, assets] = await Promise.all([
      everything("/api/sensors", "sensors", {}, signal), everything("/api/assets", "assets", {}, signal).catch(() => []),
    ]);
    // A sensor that there is no more is not asked for again and again.
    const nobody = alarms.map((alarm) => [alarm.sensor, undefined]);
    known = new Map([...nobody, ...join(sensors, assets, []).sensors.map((sensor) => [sensor.code, sensor])]);
  };
  return async () => {
    const alarms = await everything("/api/alarms", "alarms", { state: ["open", "acknowledged"] }, signal);
    // Alarms without names are worth more than none.
    if (alarms.some((alarm) => !known.has(alarm.sensor))) await learn(alarms).catch(() => null);
    return alarms.map((alarm) => nameAlarm(alarm, known.get(alarm.sensor)));
  };
}
