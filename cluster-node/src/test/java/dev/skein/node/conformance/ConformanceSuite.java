package dev.skein.node.conformance;

/** The cases of one version of the protocol: each version numbers its clauses anew. */
enum ConformanceSuite {
    MQTT_3("", "conformance.md"),
    MQTT_5("v5/", "conformance-5.md");

    private final String folder;
    private final String document;

    ConformanceSuite(String folder, String document) {
        this.folder = folder;
        this.document = document;
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
