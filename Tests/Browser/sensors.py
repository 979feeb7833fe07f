"""A gauge in the city: its readings come over the services' own wire, as a gateway sends them."""
import time
import uuid

LIMIT = 4.0


class Gauge:
    def __init__(self, stubs, wire, name="漳河水位"):
        self.stubs, self.wire = stubs, wire
        code = uuid.uuid4().hex[:6].upper()
        self.code, self.name, self.asset = f"LEVEL-{code}", f"{name} {code}", f"RIVER-{code}"
        lifeline = stubs.lifeline
        asset = lifeline.Asset(code=self.asset, name=f"漳河 {code}", kind="river")
        asset.place.point.longitude, asset.place.point.latitude = -118.24, 34.05
        steps = [(lifeline.SEVERITY_YELLOW, LIMIT), (lifeline.SEVERITY_RED, LIMIT + 2)]
        sensor = lifeline.Sensor(
            code=self.code, name=self.name, asset_code=self.asset, quantity="水位", unit="m", case_kind="Other", interval_s=60,
            rule=lifeline.Rule(above=True, hysteresis=0.5, thresholds=[lifeline.Threshold(severity=code, limit=at) for code, at in steps]))
        with wire.channel("lifeline") as channel:
            service = stubs.service("lifeline", "Lifeline", channel)
            service.PutAssets(lifeline.PutAssetsRequest(assets=[asset]), timeout=10)
            service.PutSensors(lifeline.PutSensorsRequest(sensors=[sensor]), timeout=10)

    def reads(self, *values, ago_s=0):
        """One reading a minute, the last one `ago_s` seconds ago."""
        end = time.time_ns() // 1000 - ago_s * 1_000_000
        times = [end - 60_000_000 * (len(values) - 1 - at) for at in range(len(values))]
        batch = self.stubs.lifeline.ReadingBatch(sensor_code=self.code, times_us=times, values=values)
        with self.wire.channel("lifeline") as channel:
            answer = self.stubs.service("lifeline", "Lifeline", channel).IngestReadings(iter([batch]), timeout=20)
        assert answer.stored == len(values), answer
