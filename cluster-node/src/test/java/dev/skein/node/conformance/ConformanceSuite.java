package dev.skein.node.conformance;

/** The cases of one version of the protocol: each version numbers its clauses anew. */
enum ConformanceSuite {
    MQTT_3("3", "", "conformance.md"),
    MQTT_5("5", "v5/", "conformance-5.md");

    private final String version;
    private final String folder;
    private final String document;

    ConformanceSuite(String version, String folder, String document) {
        this.version = version;
        this.folder = folder;
        this.document = document;
    }

    /** One digit. */
    String version() {
        return version;
    }

    /** Where its data are, below {@code conformance/}; before the chapter in the titles of its cases. */
    String folder() {
        return folder;
    }

    /** Its page in {@code docs}. */
    String document() {
        return document;
    }
}
