//! The setters that several builders have in common. Each builder lends its parts through a method `part`.

/// Bodies of every kind.
macro_rules! body_methods {
    ($builder:ty) => {
        impl $builder {
            /// A JSON body, with matchers anywhere in it. Who sends a request brings exactly its members; in a response
            /// or message, others may come as well. Its content type is `application/json` unless another was said.
            ///
            /// # Panics
            ///
            /// When the value cannot be written as JSON, or a matcher's example does not fit its own rule.
            #[track_caller]
            pub fn json(mut self, body: impl serde::Serialize) -> Self {
                self.part().json(body);
                self
            }

            /// A text or a matcher on one. Its content type is `text/plain` unless another was said.
            ///
            /// # Panics
            ///
            /// When a matcher's example does not fit its own rule.
            #[track_caller]
            pub fn text(mut self, text: impl Into<$crate::consumer::TextPattern>) -> Self {
                self.part().text(text.into());
                self
            }

            /// An XML body: a text, or an [`element`](crate::consumer::element) with matchers. Its content type is
            /// `application/xml` unless another was said.
            ///
            /// # Panics
            ///
            /// When the text is no well-formed XML, or a matcher's example does not fit its own rule.
            #[track_caller]
            pub fn xml(mut self, xml: impl Into<$crate::consumer::Xml>) -> Self {
                self.part().xml(xml.into());
                self
            }

            /// A body of exactly these bytes, with its content type. JSON and XML are compared by their meaning.
            ///
            /// # Panics
            ///
            /// When the content type says JSON or XML, and the bytes are none (not being UTF-8, for one).
            #[track_caller]
            pub fn body(mut self, bytes: impl Into<Vec<u8>>, content_type: &str) -> Self {
                self.part().bytes(bytes.into(), content_type);
                self
            }

            /// Any body of this media type, told from its first bytes, such as any PNG image; these are the example.
            ///
            /// # Panics
            ///
            /// As `body`.
            #[track_caller]
            pub fn body_like(mut self, bytes: impl Into<Vec<u8>>, content_type: &str) -> Self {
                self.part().bytes_of_type(bytes.into(), content_type);
                self
            }
        }
    };
}

/// What HTTP has besides.
macro_rules! field_methods {
    ($builder:ty) => {
        impl $builder {
            /// A header field: a text, a matcher, or a list where it comes several times. The case of its name does not
            /// matter, and other fields may come as well.
            ///
            /// # Panics
            ///
            /// When it is no header field, or a matcher's example does not fit its own rule.
            #[track_caller]
            pub fn header(mut self, name: &str, value: impl Into<$crate::consumer::TextPattern>) -> Self {
                self.part().header(name, value.into());
                self
            }

            /// A form (`application/x-www-form-urlencoded`): anything that serialises to an object, each member a text,
            /// a number, a matcher, or a list of these. Fields that are not named must not come.
            ///
            /// # Panics
            ///
            /// When it is no object, or a matcher's example does not fit its own rule.
            #[track_caller]
            pub fn form(mut self, fields: impl serde::Serialize) -> Self {
                self.part().form(fields);
                self
            }

            /// A `multipart/form-data` body, see [`multipart`](crate::consumer::multipart). Its boundary does not matter.
            #[track_caller]
            pub fn multipart(mut self, parts: $crate::consumer::Multipart) -> Self {
                self.part().multipart(parts);
                self
            }
        }
    };
}

pub(in crate::consumer) use {body_methods, field_methods};
