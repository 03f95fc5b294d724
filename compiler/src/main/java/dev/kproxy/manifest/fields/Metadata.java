package dev.kproxy.manifest.fields;

import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Code;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// What the API server asks of the metadata of every object
/// (`apimachinery/pkg/api/validation/objectmeta.go`).
public final class Metadata {
  private static final int ANNOTATIONS_LIMIT = 256 * 1024;

  private final Fields metadata;

  /// Whether the namespace is too long for any API server, which says "not found" there before it
  /// looks at the object. Such objects are made for kube-proxy alone, to see how it bears names of
  /// any length; it does.
  private final boolean overlong;

  private Metadata(Fields metadata) {
    this.metadata = metadata;
    overlong = Form.LABEL.isOnlyTooLong(metadata.text("namespace"));
  }

  /// Reports what is wrong with the metadata of an object.
  ///
  /// @param object the object
  /// @param kind its kind
  /// @param nameForm the form of its name
  public static void check(Fields object, Kind kind, Form nameForm) {
    Metadata metadata = new Metadata(object.object("metadata"));
    metadata.checkName(nameForm);
    metadata.checkNamespace(kind);
    checkLabels(metadata.metadata, "labels", metadata.overlong);
    metadata.checkAnnotations();
    metadata.checkOwners();
    metadata.checkFinalizers();
    metadata.checkManagedFields();
    if (metadata.metadata.isNegative("generation")) {
      metadata.metadata.fault(Code.INVALID, "generation", "must not be less than 0");
    }
  }

  /// Reports what is wrong with a mapping that must be made of labels.
  public static void checkLabels(Fields holder, String field) {
    checkLabels(holder, field, false);
  }

  private static void checkLabels(Fields holder, String field, boolean overlong) {
    for (Value.Field label : holder.entries(field)) {
      String value = Fields.text(label.value());
      if (!Form.QUALIFIED_NAME.fits(label.name())) {
        String name = Quotation.of(label.name());
        holder.fault(Code.INVALID, field, label, "the name " + name + nameRule());
      }
      if (!Form.LABEL_VALUE.fits(value) && !(overlong && Form.LABEL_VALUE.isOnlyTooLong(value))) {
        String message = Quotation.of(value) + " " + Form.LABEL_VALUE.rule();
        holder.fault(Code.INVALID, field, label, message);
      }
    }
  }

  private void checkName(Form form) {
    String name = metadata.text("name");
    if (name.isEmpty()) {
      metadata.fault(Code.REQUIRED, "name", "every object must have one");
    } else if (!overlong || !form.isOnlyTooLong(name)) {
      metadata.checkForm("name", form);
    }
    String prefix = metadata.text("generateName");
    if (!prefix.isEmpty() && !form.fits(prefix.endsWith("-") ? prefix + "a" : prefix)) {
      metadata.fault(Code.INVALID, "generateName", Quotation.of(prefix) + " " + form.rule());
    }
  }

  private void checkNamespace(Kind kind) {
    if (metadata.text("namespace").isEmpty()) {
      return;
    }
    if (kind.namespaced() && overlong) {
      metadata.note(Code.DISCOURAGED, "namespace", "no API server has one of this length");
    } else if (kind.namespaced()) {
      metadata.checkForm("namespace", Form.LABEL);
    } else {
      metadata.fault(Code.FORBIDDEN, "namespace", "a " + kind + " has none");
    }
  }

  private void checkAnnotations() {
    long size = 0;
    for (Value.Field annotation : metadata.entries("annotations")) {
      size += bytes(annotation.name()) + bytes(Fields.text(annotation.value()));
      if (!Form.QUALIFIED_NAME.fits(annotation.name().toLowerCase(Locale.ROOT))) {
        String name = Quotation.of(annotation.name());
        metadata.fault(Code.INVALID, "annotations", annotation, "the name " + name + nameRule());
      }
    }
    if (size > ANNOTATIONS_LIMIT) {
      metadata.fault(Code.TOO_LONG, "annotations", size + " bytes, more than " + ANNOTATIONS_LIMIT);
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String nameRule() {
    return " " + Form.QUALIFIED_NAME.rule();
  }

  private void checkOwners() {
    int controllers = 0;
    for (Fields owner : metadata.objects("ownerReferences")) {
      for (String field : List.of("apiVersion", "kind", "name", "uid")) {
        if (owner.text(field).isEmpty()) {
          owner.fault(Code.INVALID, field, "must not be empty");
        }
      }
      if (owner.text("apiVersion").endsWith("/")) {
        owner.fault(Code.INVALID, "apiVersion", "has no version");
      }
      if (owner.text("apiVersion").equals("v1") && owner.text("kind").equals("Event")) {
        owner.fault(Code.INVALID, "an Event cannot own anything");
      }
      controllers += owner.flag("controller", false) ? 1 : 0;
    }
    if (controllers > 1) {
      metadata.fault(Code.INVALID, "ownerReferences", "only one may be the controller");
    }
  }

  private void checkFinalizers() {
    List<String> finalizers = metadata.texts("finalizers");
    for (int i = 0; i < finalizers.size(); i++) {
      String finalizer = finalizers.get(i);
      if (!Form.QUALIFIED_NAME.fits(finalizer)) {
        metadata.fault(Code.INVALID, "finalizers", i, Quotation.of(finalizer) + nameRule());
      } else if (finalizer.indexOf('/') < 0 && !isStandard(finalizer)) {
        String message = Quotation.of(finalizer) + " must have a DNS name and '/' in front";
        metadata.fault(Code.INVALID, "finalizers", i, message);
      }
    }
    if (finalizers.contains("orphan") && finalizers.contains("foregroundDeletion")) {
      metadata.fault(
          Code.INVALID, "finalizers", "orphan and foregroundDeletion exclude each other");
    }
  }

  private static boolean isStandard(String finalizer) {
    return switch (finalizer) {
      case "kubernetes", "orphan", "foregroundDeletion" -> true;
      default -> false;
    };
  }

  private void checkManagedFields() {
    for (Fields managed : metadata.objects("managedFields")) {
      String operation = managed.text("operation");
      if (!operation.equals("Apply") && !operation.equals("Update")) {
        managed.notSupported("operation", List.of("Apply", "Update"));
      }
      if (!managed.text("fieldsType", "FieldsV1").equals("FieldsV1")) {
        managed.notSupported("fieldsType", List.of("FieldsV1"));
      }
      if (bytes(managed.text("manager")) > 128) {
        managed.fault(Code.TOO_LONG, "manager", "more than 128 bytes");
      }
      if (bytes(managed.text("subresource")) > 256) {
        managed.fault(Code.TOO_LONG, "subresource", "more than 256 bytes");
      }
    }
  }
}
