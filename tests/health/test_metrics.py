"""The metrics of many processes on one page: each family described once, each sample with whose it is."""

from prometheus_client.parser import text_string_to_metric_families

from health.metrics import exposition, gauge_text, merged

WEB = """# HELP hits_total Requests.
# TYPE hits_total counter
hits_total{path="/a b{c"} 3.0
hits_total 1.0
# HELP up Up.
# TYPE up gauge
up 1.0
"""
ENGINE = """# HELP up Up.
# TYPE up gauge
up 1.0
# HELP only Only here.
# TYPE only gauge
only{shard="0"} 5.0
"""


def test_families_are_merged_and_samples_say_whose_they_are() -> None:
    text = merged([("web", "a:1", WEB), ("engine", "b:2", ENGINE)]).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert text.count("# TYPE up gauge") == 1
    assert {sample.labels["process"] for sample in families["up"].samples} == {"web", "engine"}
    (only,) = families["only"].samples
    assert only.labels == {"process": "engine", "instance": "b:2", "shard": "0"}
    assert {sample.labels.get("path") for sample in families["hits"].samples} == {"/a b{c", None}


def test_the_samples_of_a_family_stand_together() -> None:
    lines = merged([("web", "a:1", WEB), ("engine", "b:2", ENGINE)]).decode().splitlines()
    ups = [number for number, line in enumerate(lines) if line.startswith("up")]
    assert ups == [ups[0], ups[0] + 1]


def test_what_the_library_says_survives_the_merge() -> None:
    text = exposition().decode()
    whole = merged([("web", "a:1", text)]).decode()
    before = sum(len(family.samples) for family in text_string_to_metric_families(text))
    after = [sample for family in text_string_to_metric_families(whole) for sample in family.samples]
    assert len(after) == before
    assert all(sample.labels["process"] == "web" for sample in after)


def test_a_computed_gauge_is_text_of_the_same_kind() -> None:
    text = gauge_text("age", "Ages.", [({"who": 'a"\\\nb'}, 3), ({}, 4)])
    (family,) = text_string_to_metric_families(text)
    assert [(sample.labels, sample.value) for sample in family.samples] == [({"who": 'a"\\\nb'}, 3), ({}, 4)]
    assert gauge_text("none", "None.", []) == ""


def test_a_process_says_which_build_it_is_and_what_it_costs() -> None:
    families = {family.name: family for family in text_string_to_metric_families(exposition().decode())}
    (build,) = families["ballast_build_info"].samples
    assert build.value == 1
    assert build.labels["engine"] in ("compiled", "python")
    assert build.labels["version"]
    assert {"process_resident_memory_bytes", "process_cpu_seconds"} <= set(families)
