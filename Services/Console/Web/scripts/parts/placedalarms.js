// Open alarms with their sensor's name and place: alarms know their sensor by its code only.

import { get } from "../core/api.js";

export async function placedAlarms(signal) {
  const [{ alarms }, sensors] = await Promise.all([
    get("/api/alarms?state=open,acknowledged", { signal }), get("/api/sensors", { signal }).then((body) => body.sensors, () => []),
  ]);
  const known = new Map(sensors.map((sensor) => [sensor.code, sensor]));
  return alarms.map((alarm) => {
    const sensor = known.get(alarm.sensor);
    return { ...alarm, sensor_name: sensor?.name || alarm.sensor, point: sensor?.point ?? null };
  });
}
