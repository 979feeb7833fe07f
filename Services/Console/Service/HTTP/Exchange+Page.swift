internal import CommonAPI
internal import ConsoleDomain

extension Exchange {
  /// The page that is asked for, of `size` lines unless `limit` says otherwise.
  func page(_ size: Int) -> Page { Page(size: Int32(values.integer("limit") ?? size), token: values.text("page")) }
}
